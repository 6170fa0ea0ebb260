// What the scripts print: one line per step, so that a long build never looks like a hang.

const started = Date.now();
const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code, text) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Announces a stage with the seconds since the start. */
export function stage(text) {
  const seconds = ((Date.now() - started) / 1000).toFixed(0).padStart(4);
  console.log(`${paint(2, `[${seconds}s]`)} ${paint(1, text)}`);
}

export const seen = (text) => console.log(`${paint(32, '\u2713')} ${text}`);
export const missed = (text) => console.error(`${paint(31, '\u2717')} ${text}`);
export const say = (text = '') => console.log(text);
export const bold = (text) => paint(1, text);
