// Lines for people on standard error. Nobody has to read them: the program goes on, and says later how many are missing.

/** As much as may wait to be read, in bytes. */
const MOST_WAITING = 64 * 1024;

export class Log {
  readonly #stream: NodeJS.WriteStream;
  #missing = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    // Whoever read it is gone.
    stream.on('error', () => {});
  }

  info(line: string): void {
    this.#say('info', line);
  }

  warn(line: string): void {
    this.#say('warning', line);
  }

  error(line: string): void {
    this.#say('error', line);
  }

  #say(level: string, line: string): void {
    if (this.#stream.writableLength > MOST_WAITING) {
      this.#missing += 1;
      return;
    }
    if (this.#missing > 0) {
      this.#stream.write(`${this.#missing} lines of the log are missing here: nobody read standard error.\n`);
      this.#missing = 0;
    }
    this.#stream.write(`${new Date().toISOString()} ${level} ${line}\n`);
  }
}
