// What a header of the core must say before its code: its purpose, and how its functions fail.

/**
 * Returns one sentence per header that says too little.
 * @param {{ path: string, text: string }[]} headers
 */
export function checkHeaders(headers) {
  return headers.flatMap(({ path, text }) => {
    const opening = openingOf(text);
    const found = [];
    if (!saysSomething(opening)) found.push(`${path} does not open with a sentence on its purpose`);
    if (returnsResult(text) && !/\berrors?\b/i.test(commentsOf(text))) found.push(`${path} does not say its errors`);
    return found;
  });
}

/** The comment at the top, as one text. */
const openingOf = (text) =>
  (/^(?:\/\/.*\n)+/.exec(text)?.[0] ?? '')
    .replaceAll(/^\/\/ ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** At least one whole sentence, and more than a name: `Discounts.` is none. */
const saysSomething = (opening) => /[.)]$/.test(opening) && opening.split(' ').length > 5;

const commentsOf = (text) => (text.match(/\/\/.*$/gm) ?? []).join('\n');

/** Whether it declares a function that may fail. */
const returnsResult = (text) => /^\[\[nodiscard\]\] (?:Result<.*>|Status) \w+\(/m.test(text);
