/* What scripts say, in the language of the page: its `data-words` holds the translations of pages/chinese.py. */

const WORDS = JSON.parse(document.documentElement.dataset.words || "{}");

export function say(text) {
  return WORDS[text] ?? text;
}
