/* Card brands by the number's beginning, how their numbers are grouped, and the check digit. */

const BRANDS = [
  { name: "amex", label: "American Express", pattern: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
  { name: "diners", label: "Diners Club", pattern: /^3(?:0[0-5]|[689])/, lengths: [14, 16], groups: [4, 6, 6], cvc: 3 },
  { name: "jcb", label: "JCB", pattern: /^35/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  { name: "discover", label: "Discover", pattern: /^6(?:011|5|4[4-9])/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  { name: "unionpay", label: "UnionPay", pattern: /^(?:62|81)/, lengths: [16, 17, 18, 19], groups: [4, 4, 4, 4, 3], cvc: 3 },
  { name: "mastercard", label: "Mastercard", pattern: /^(?:5[1-5]|2[2-7])/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
  { name: "visa", label: "Visa", pattern: /^4/, lengths: [16], groups: [4, 4, 4, 4], cvc: 3 },
];
const UNKNOWN = { name: "unknown", label: "", lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };

export function brandOf(digits) {
  return BRANDS.find((brand) => brand.pattern.test(digits)) ?? UNKNOWN;
}

/* "4242424242424242" -> "4242 4242 4242 4242", as the brand groups it. */
export function group(digits) {
  const parts = [];
  let start = 0;
  for (const size of brandOf(digits).groups) {
    if (start < digits.length) parts.push(digits.slice(start, start + size));
    start += size;
  }
  return parts.join(" ");
}

export function passesLuhn(digits) {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    let digit = Number(digits[digits.length - 1 - place]);
    if (place % 2) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}
