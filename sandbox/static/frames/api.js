/* Calls from a frame to the sandbox, as Stripe.js makes them: form-encoded, with the publishable key among the fields. */

function flatten(value, name, pairs = []) {
  if (value === null || value === undefined) return pairs;
  if (typeof value !== "object") {
    pairs.push([name, String(value)]);
    return pairs;
  }
  for (const [key, item] of Object.entries(value)) flatten(item, name ? `${name}[${key}]` : key, pairs);
  return pairs;
}

/* The object, or `{error}` with Stripe's error object. */
export async function request(key, method, path, params = {}) {
  const body = new URLSearchParams(flatten({ key, ...params }));
  try {
    const response = method === "GET" ? await fetch(`${path}?${body}`) : await fetch(path, { method, body });
    return await response.json();
  } catch {
    const message =
      "We are experiencing issues connecting to our payments provider. You have not been charged. " +
      "Please check your internet connection and try again.";
    return { error: { type: "api_connection_error", message } };
  }
}
