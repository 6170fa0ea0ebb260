// Environment variables as text that a shell and the usual readers of .env files take.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** `NAME=value`, in single quotes where it holds more than letters, digits and marks of URLs. */
export const assignments = (variables: Readonly<Record<string, string>>): string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);

function quoted(value: string): string {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** A .env file that belongs to somebody: what it says is left as it is, and what it lacks is added at its end. */
export class EnvironmentFile {
  readonly path: string;
  readonly #text: string;
  readonly #values = new Map<string, string>();

  constructor(path: string) {
    this.path = path;
    this.#text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    for (const [, name = '', value = ''] of this.#text.matchAll(/^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*(.*)$/gm))
      this.#values.set(name, unquoted(value));
  }

  /** Undefined where it is not set, or to nothing. */
  get(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  /** The names of these variables that it has otherwise. */
  differing(wanted: Readonly<Record<string, string>>): string[] {
    return Object.keys(wanted).filter((name) => ![undefined, wanted[name]].includes(this.get(name)));
  }

  /** Adds lines at its end. A new file is for its owner alone. */
  append(title: string, lines: readonly string[]): void {
    const before = this.#text === '' || this.#text.endsWith('\n') ? this.#text : `${this.#text}\n`;
    const gap = before === '' ? '' : '\n';
    writeFileSync(this.path, `${before}${gap}# ${title}\n${lines.join('\n')}\n`, { mode: 0o600 });
  }
}

function unquoted(value: string): string {
  const [, single, double] = /^(?:'((?:[^']|'\\'')*)'|"([^"]*)")\s*(?:#.*)?$/.exec(value) ?? [];
  if (single !== undefined) return single.replaceAll(`'\\''`, "'");
  return double ?? value.replace(/\s+#.*$/, '').trim();
}
