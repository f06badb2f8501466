// A tour of the API with Stripe's official client for Node: `node tour.mjs http://127.0.0.1:12111 sk_test_...` prints
// what it saw as JSON. It is told nothing of the sandbox but the address.
import http from 'node:http';
import Stripe from 'stripe';

const [address, key] = process.argv.slice(2);
const { hostname: host, port, protocol } = new URL(address);
const stripe = new Stripe(key, { host, port, protocol: protocol.slice(0, -1), telemetry: false });
const seen = {};

async function refusal(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    return [error.type, error.code, error.decline_code ?? null];
  }
}

// An application that listens: it verifies each event with the endpoint's secret.
const verified = [];
let secret;
const application = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const event = stripe.webhooks.constructEvent(Buffer.concat(parts), request.headers['stripe-signature'], secret, 1e9);
    verified.push(event.type);
    response.end();
  });
});
await new Promise((resolve) => application.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${application.address().port}/`;
const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['invoice.paid', 'customer.subscription.created'] });
secret = endpoint.secret;

// A subscription that its first card pays.
const product = await stripe.products.create({ name: 'Premium' });
const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 2000, recurring: { interval: 'month' } });
const customer = await stripe.customers.create({ email: 'alice@example.com', payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } });
const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], expand: ['latest_invoice.payments', 'customer'] });
seen.version = subscription.lastResponse.apiVersion;
seen.subscription = [subscription.status, subscription.customer.email, subscription.latest_invoice.amount_paid, subscription.latest_invoice.payments.data.length];

// Declines, wrong parameters and missing objects arrive as the client's own errors.
const payment = { amount: 1500, currency: 'usd', confirm: true, payment_method_types: ['card'] };
seen.declined = await refusal(stripe.paymentIntents.create({ ...payment, payment_method: 'pm_card_chargeDeclined' }));
seen.unknown = await refusal(stripe.customers.create({ colour: 'red' }));
seen.missing = await refusal(stripe.customers.retrieve('cus_nobody'));
seen.unauthorized = await refusal(stripe.customers.list({}, { apiKey: 'nonsense' }));

// Idempotency and paging by themselves.
const twice = await Promise.all([1, 2].map(() => stripe.customers.create({ name: 'Bob' }, { idempotencyKey: 'bob' })));
seen.once = new Set(twice.map((bob) => bob.id)).size;
for (let number = 0; number < 5; number += 1) await stripe.customers.create({ email: 'charlie@example.com' });
seen.pages = (await stripe.customers.list({ email: 'charlie@example.com', limit: 2 }).autoPagingToArray({ limit: 100 })).length;

for (let wait = 0; verified.length < 2 && wait < 600; wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
seen.verified = verified.sort();
application.closeAllConnections();
application.close();
console.log(JSON.stringify(seen));
