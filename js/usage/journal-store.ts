// Events in a file, for Node, Bun and Deno: lines are appended, one for each event that is kept and one for what is over. A
// line is written whole or it does not count. When most lines are over, the file is written anew beside itself and takes
// its own place.
import { fail } from '../errors.js';
import { type Kept, MemoryStore, type Store } from './store.js';

// Asking `process` for it keeps `node:` out of every bundle.
interface FileSystem {
  openSync(path: string, flags: string): number;
  writeSync(file: number, text: string | Uint8Array): number;
  ftruncateSync(file: number, length: number): void;
  fsyncSync(file: number): void;
  closeSync(file: number): void;
  readFileSync(path: string, encoding: 'utf8'): string;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  fsync(file: number, done: (error: Error | null) => void): void;
}
interface Builtin {
  'node:fs': FileSystem;
  'node:path': { resolve(path: string): string };
}
interface Process {
  pid: number;
  kill(pid: number, signal: 0): void;
  once(event: 'exit', run: () => void): void;
  getBuiltinModule?<Name extends keyof Builtin>(name: Name): Builtin[Name] | undefined;
}

/** So many lines are over before the file is written anew. */
const SPENT = 2_000;

type Line = Omit<Kept, 'n'> | { over: string[] };

/** Of this process, by path: two clients of one file share it. */
const journals = new Map<string, JournalStore>();

/** Throws CONFIGURATION_INVALID where there are no files, and where another process has this one. */
export function openJournalStore(file: string): Store {
  const { process } = globalThis as { process?: Process };
  const fs = process?.getBuiltinModule?.('node:fs');
  if (!process || !fs) return refuse('this host has no files', undefined);
  const path = process.getBuiltinModule?.('node:path')?.resolve(file) ?? file;
  try {
    const known = journals.get(path);
    if (known) return known;
    claim(fs, process, `${path}.lock`);
    const journal = new JournalStore(fs, path);
    journals.set(path, journal);
    return journal;
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : `${cause}`, cause);
  }
}

const refuse = (why: string, cause: unknown): never =>
  fail({
    code: 'CONFIGURATION_INVALID',
    family: 'caller',
    field: 'usage.file',
    message: `usage.file cannot keep events: ${why}.`,
    cause,
  });

/** Two processes would write over each other. What a process that is gone has left is taken over. */
function claim(fs: FileSystem, process: Process, lock: string): void {
  const [owner = 0, ...birth] = read(fs, lock).split(' ');
  if (Number(owner) > 0 && Number(owner) !== process.pid && isAlive(fs, process, +owner, birth.join(' '))) {
    throw new Error(`process ${owner} has it (${lock}). Give each process a file of its own`);
  }
  const file = fs.openSync(lock, 'w');
  fs.writeSync(file, `${process.pid} ${birthOf(fs, process.pid)}`);
  fs.closeSync(file);
  process.once('exit', () => {
    if (read(fs, lock).split(' ')[0] === `${process.pid}`) fs.unlinkSync(lock);
  });
}

function isAlive(fs: FileSystem, process: Process, pid: number, birth: string): boolean {
  try {
    process.kill(pid, 0);
    // In a container that was started anew, other programs have the numbers of before.
    return birthOf(fs, pid) === birth;
  } catch (error) {
    // Somebody else's.
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** When a process began: ticks since the machine's start, and which start that was. The same for all where that is not Linux. */
function birthOf(fs: FileSystem, pid: number): string {
  const stat = read(fs, `/proc/${pid}/stat`);
  // A program's name may hold spaces and brackets; its end is the last one.
  const [, ...fields] = stat.slice(stat.lastIndexOf(')')).split(' ');
  return `${fields[19]} ${read(fs, '/proc/sys/kernel/random/boot_id').trim()}`;
}

function read(fs: FileSystem, path: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return '';
    throw error;
  }
}

class JournalStore extends MemoryStore {
  readonly #fs: FileSystem;
  readonly #path: string;
  #file: number;
  #length = 0;
  #spent = 0;
  /** Lines that the disk did not take are only in memory. */
  #isWhole = true;

  constructor(fs: FileSystem, path: string) {
    super();
    this.#fs = fs;
    this.#path = path;
    const events = new Map<string, Omit<Kept, 'n'>>();
    for (const line of linesOf(read(fs, path))) {
      if ('over' in line) for (const id of line.over) events.delete(id);
      else events.set(line.id, line);
    }
    void super.put([...events.values()]);
    this.#file = this.#rewrite();
  }

  override get kind(): Store['kind'] {
    return this.#isWhole ? 'file' : 'memory';
  }

  override put(events: Omit<Kept, 'n'>[]): Promise<void> {
    this.#isWhole = this.#append(events) && this.#isWhole;
    return super.put(events);
  }

  override remove(events: readonly Kept[]): Promise<void> {
    void super.remove(events);
    if (events.length > 0) this.#append([{ over: events.map(({ id }) => id) }]);
    this.#spent += events.length;
    const left = this.size;
    if (this.#spent > SPENT && this.#spent > left) this.#renew();
    else if (left === 0 && !this.#isWhole) this.#renew();
    return Promise.resolve();
  }

  override saved(): Promise<void> {
    if (!this.#isWhole) this.#renew();
    const file = this.#file;
    return new Promise((resolve, reject) => {
      // It may be closed meanwhile, for one that was written anew and is safe.
      this.#fs.fsync(file, (error) => (error && file === this.#file ? reject(error) : resolve()));
    });
  }

  /** Whether the disk has taken it. Half a line is taken back. */
  #append(lines: readonly Line[]): boolean {
    const bytes = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    try {
      for (let at = 0; at < bytes.length; ) at += this.#fs.writeSync(this.#file, bytes.subarray(at));
      this.#length += bytes.length;
      return true;
    } catch {
      try {
        this.#fs.ftruncateSync(this.#file, this.#length);
      } catch {}
      return false;
    }
  }

  #renew(): void {
    try {
      const file = this.#rewrite();
      this.#fs.closeSync(this.#file);
      this.#file = file;
      this.#isWhole = true;
    } catch {
      // A full disk: the file stays as it is.
    }
  }

  /** Writes what is kept to a new file in the old one's place, and returns it. */
  #rewrite(): number {
    const path = `${this.#path}.new`;
    const bytes = new TextEncoder().encode(
      [...this.all()].map(({ n: _, ...event }) => `${JSON.stringify(event)}\n`).join(''),
    );
    const file = this.#fs.openSync(path, 'w');
    for (let at = 0; at < bytes.length; ) at += this.#fs.writeSync(file, bytes.subarray(at));
    // Else a machine that dies may have the name of the new file and nothing in it.
    this.#fs.fsyncSync(file);
    this.#fs.closeSync(file);
    this.#fs.renameSync(path, this.#path);
    this.#length = bytes.length;
    this.#spent = 0;
    return this.#fs.openSync(this.#path, 'a');
  }
}

/** What was being written when a process died is no line, and was not returned to anybody. */
function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      const read = JSON.parse(line) as Line | null;
      return read && ('over' in read ? Array.isArray(read.over) : read.id) ? [read] : [];
    } catch {
      return [];
    }
  });
}
