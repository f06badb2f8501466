/* Calls from a frame to the sandbox, as Stripe.js makes them: form-encoded, with the publishable key among the fields.
   What was left empty is not sent. */

import { say } from "./words.js";

const OFFLINE =
  "We are experiencing issues connecting to our payments provider. You have not been charged. " +
  "Please check your internet connection and try again.";

function flatten(value, name, pairs = []) {
  if (value === null || value === undefined || value === "") return pairs;
  if (typeof value !== "object") {
    pairs.push([name, String(value)]);
    return pairs;
  }
  for (const [key, item] of Object.entries(value)) flatten(item, name ? `${name}[${key}]` : key, pairs);
  return pairs;
}

/* The object, or `{error}` with Stripe's error object. */
export async function request(key, method, path, params = {}) {
  try {
    const response = await (method === "GET" ? read(key, path, params) : send(key, path, params));
    return translated(await response.json());
  } catch {
    const message = say(OFFLINE);
    return { error: { type: "api_connection_error", message } };
  }
}

/* Why a card was refused is said to the buyer. */
function translated(answer) {
  for (const error of [answer.error, answer.last_payment_error, answer.last_setup_error]) {
    if (error) error.message = say(error.message);
  }
  return answer;
}

function send(key, path, params) {
  return fetch(path, { method: "POST", body: new URLSearchParams(flatten({ key, ...params })) });
}

function read(key, path, params) {
  return fetch(`${path}?${new URLSearchParams(flatten(params))}`, { headers: { Authorization: `Bearer ${key}` } });
}
