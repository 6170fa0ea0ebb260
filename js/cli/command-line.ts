// A command's words: which flags it takes, what they are, and its help. What is not expected is refused by name.
import { parseArgs } from 'node:util';

/** One flag. Without `value` it is a switch. */
export interface Flag {
  /** What stands for its value in the help: `URL`. */
  readonly value?: string;
  readonly about: string;
  readonly default?: string;
  /** Whether it may be given more than once. */
  readonly repeats?: boolean;
  /** The environment variable that stands in for it. */
  readonly env?: string;
}

export interface Command {
  readonly name: string;
  readonly about: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** What the help says at its end. */
  readonly footer?: string;
  readonly run: (words: Words) => Promise<number>;
}

/** A mistake of whoever typed the command: its message says what to do, and the program ends with 2. */
export class UsageError extends Error {}

/** What was typed. */
export class Words {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #flags: Command['flags'];

  constructor(values: ReadonlyMap<string, readonly string[]>, flags: Command['flags']) {
    this.#values = values;
    this.#flags = flags;
  }

  has(flag: string): boolean {
    return this.#values.has(flag);
  }

  all(flag: string): readonly string[] {
    return this.#values.get(flag) ?? [];
  }

  /** The flag's value, or that of its variable, or its default. */
  text(flag: string): string | undefined {
    const known = this.#flags[flag];
    const variable = known?.env === undefined ? undefined : process.env[known.env];
    return this.#values.get(flag)?.[0] ?? (variable || known?.default);
  }

  /** A port, in decimal and nothing that could be read in two ways. */
  port(flag: string): number {
    const text = this.text(flag) ?? '';
    if (/^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535) return Number(text);
    throw new UsageError(`--${flag}: \`${text}\` is not a port. Give a number from 0 to 65535; 0 picks a free one.`);
  }

  /** A URL of http or https, without a slash at its end. */
  url(flag: string): string | undefined {
    const text = this.text(flag);
    if (text === undefined) return undefined;
    if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
    throw new UsageError(`--${flag}: \`${text}\` is not an http or https URL. Write it as in http://127.0.0.1:4000.`);
  }
}

/** Reads the words after the command's name. Throws UsageError, naming the word. */
export function readWords({ name, flags }: Command, args: readonly string[]): Words {
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { value }]) => [flag, { type: value ? 'string' : 'boolean' } as const]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string[]>();
  const unexpected = (word: string) =>
    new UsageError(`The following argument was not expected: ${word}. \`${name} --help\` lists what there is.`);
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw unexpected(token.value);
    const flag = Object.hasOwn(flags, token.name) && token.rawName.startsWith('--') ? flags[token.name] : undefined;
    if (flag === undefined) throw unexpected(token.rawName);
    const said = values.get(token.name);
    if (said !== undefined && !flag.repeats) throw new UsageError(`--${token.name} is given twice. Give it once.`);
    values.set(token.name, [...(said ?? []), spokenValue(token, flag)]);
  }
  return new Words(values, flags);
}

function spokenValue(
  token: { name: string; value?: string | undefined; inlineValue?: boolean | undefined },
  flag: Flag,
) {
  if (flag.value === undefined) {
    if (token.value === undefined) return '';
    throw new UsageError(`--${token.name} takes no value. Leave out \`${token.value}\`.`);
  }
  const isFlag = !token.inlineValue && token.value?.startsWith('--');
  if (token.value !== undefined && !isFlag) return token.value;
  throw new UsageError(`--${token.name} needs a value: --${token.name} ${flag.value}.`);
}

/** The help of one command. */
export function helpOf({ name, about, flags, footer }: Command, program: string): string {
  const rows = Object.entries(flags).map(([flag, { value, about: what, default: usual, env }]) => {
    const notes = [usual && `default ${usual}`, env && `or ${env}`].filter(Boolean).join('; ');
    return [`--${flag}${value === undefined ? '' : ` ${value}`}`, notes === '' ? what : `${what} (${notes})`] as const;
  });
  const all = [...rows, ['--help', 'Print this'] as const];
  const width = Math.max(...all.map(([left]) => left.length)) + 2;
  const options = all.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join('\n');
  return `${about}\n\nUsage: ${program} ${name} [options]\n\n${options}\n${footer === undefined ? '' : `\n${footer}\n`}`;
}
