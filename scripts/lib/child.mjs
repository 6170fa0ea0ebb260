// A program that runs beside this one: started, watched, stopped, and never left behind.
import { spawn } from 'node:child_process';

const keptLines = 60;
const running = new Set();

// The last resort, when this program ends without having stopped its children.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

// A signal that nobody else here listens for would end this program without an exit, and leave the children behind.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
}

export class Child {
  #process;
  #lines = [];
  #waiters = new Set();
  #stopping = false;
  #closed;
  #onLine;

  /**
   * Starts a program in its own process group, so that Ctrl-C reaches it through `stop()` only.
   * @param {string} name how messages call it
   * @param {string[]} command
   * @param {{ cwd?: string, env?: Record<string, string>, onDeath?: (error: Error) => void, onLine?: (line: string) => void }} options
   *   `onDeath` hears of an end that nobody asked for, with the program's last lines; `onLine` of every line
   */
  constructor(name, [program, ...args], { cwd, env = {}, onDeath, onLine } = {}) {
    this.name = name;
    this.#onLine = onLine;
    this.#process = spawn(program, args, {
      cwd,
      detached: true,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this);
    for (const stream of [this.#process.stdout, this.#process.stderr]) this.#read(stream);
    this.#closed = new Promise((resolve) => {
      const ended = (how) => {
        if (!running.delete(this)) return;
        const error = new Error(`${name} ${how}. Its last output:\n${this.tail()}`);
        for (const waiter of this.#waiters) waiter.reject(error);
        if (!this.#stopping) onDeath?.(error);
        resolve(this.#process.exitCode);
      };
      this.#process.once('error', (error) => ended(`could not be started: ${error.message}`));
      this.#process.once('close', (code, signal) => ended(`ended with ${signal ?? `code ${code}`}`));
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** The last lines the program printed. */
  tail() {
    return this.#lines.length === 0 ? '  (none)' : this.#lines.map((line) => `  ${line}`).join('\n');
  }

  /** Resolves with the match of the first line, printed already or still to come, that fits. */
  async line(pattern, withinMs = 20_000) {
    for (const line of this.#lines) {
      const match = pattern.exec(line);
      if (match !== null) return match;
    }
    return new Promise((resolve, reject) => {
      const finish = (settle) => (value) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle(value);
      };
      const waiter = { pattern, resolve: finish(resolve), reject: finish(reject) };
      const timer = setTimeout(
        () =>
          waiter.reject(
            new Error(`${this.name} did not print ${pattern} within ${withinMs / 1000} s:\n${this.tail()}`),
          ),
        withinMs,
      );
      this.#waiters.add(waiter);
    });
  }

  /** Asks the program to end, and ends it after the grace. Resolves with its exit code. */
  async stop(graceMs = 5_000) {
    this.#stopping = true;
    if (!running.has(this)) return this.#closed;
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    const code = await this.#closed;
    clearTimeout(timer);
    return code;
  }

  kill(signal) {
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      // It is gone already.
    }
  }

  #read(stream) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) this.#heard(line);
    });
    stream.on('end', () => rest !== '' && this.#heard(rest));
  }

  #heard(line) {
    this.#onLine?.(line);
    this.#lines.push(line);
    if (this.#lines.length > keptLines) this.#lines.shift();
    for (const waiter of this.#waiters) {
      const match = waiter.pattern.exec(line);
      if (match !== null) waiter.resolve(match);
    }
  }
}
