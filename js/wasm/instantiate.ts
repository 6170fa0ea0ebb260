// Turns a WebAssembly binary, wherever it comes from, into a running module, and says in words of its own why it cannot be.
import { fail } from '../errors.js';

// Programs for Node alone are compiled without the DOM's types, among them those of WebAssembly.
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module & object
  : never;

/** A binary: a `WebAssembly.Module`, its address (a text is one too), an answer that carries it, or its bytes. */
export type WasmSource = WasmModule | URL | string | Response | ArrayBuffer | ArrayBufferView;

/** Where this package has a binary of its own. */
export interface OwnBinary {
  /** Imported ahead of time: what hosts need that compile nothing at run time (provided.ts). */
  provided?: WasmSource | undefined;
  /** Beside the script, where browsers stream it from, and Node reads it. Bundlers know this form and bring the file along. */
  url?: (() => URL) | undefined;
  /** The package's name for it, by which Node finds it where a test runner has given the script another address. */
  name?: string | undefined;
  /** In base64, in a script of its own: for servers that were bundled, and where bundlers left the file behind. */
  inline?: (() => Promise<{ default: string }>) | undefined;
}

// In words that servers' programs know too, without the DOM's types.
type InstantiateWasm = (imports: object, done: (instance: object, module?: object) => void) => object;

/** What Emscripten's glue exports. */
export type ModuleFactory<Module> = (options: { instantiateWasm: InstantiateWasm }) => Promise<Module>;

/** How long the download of a binary may take, in milliseconds. */
const DOWNLOAD_LIMIT_MS = 10_000;

/** Starts a module from its glue and its binary: the given one, else its own. Rejects with CORE_LOAD_FAILED, which says why. */
export async function instantiate<Module>(
  factory: ModuleFactory<Module>,
  given: WasmSource | undefined,
  own: OwnBinary,
): Promise<Module> {
  try {
    if (typeof WebAssembly !== 'object') {
      throw new Missing('this host has no WebAssembly. Browsers in lockdown mode turn it off');
    }
    const module = given === undefined ? await compileOwn(own) : await compile(given);
    return await run(factory, module);
  } catch (cause) {
    return fail({
      code: 'CORE_LOAD_FAILED',
      family: 'environment',
      message: `The WebAssembly core could not be started: ${reasonOf(cause)}.`,
      cause,
    });
  }
}

function run<Module>(factory: ModuleFactory<Module>, module: WebAssembly.Module): Promise<Module> {
  // Emscripten's own promise never settles when instantiateWasm fails later, hence the promise around it.
  return new Promise((resolve, reject) => {
    const instantiateWasm: InstantiateWasm = (imports, done) => {
      // The glue, too, throws over a binary that it does not know.
      WebAssembly.instantiate(module, imports as WebAssembly.Imports)
        .then((instance) => done(instance, module))
        .catch((cause: Error) => reject(isForeign(cause) ? new Foreign(cause.message, { cause }) : cause));
      return {};
    };
    factory({ instantiateWasm }).then(resolve, reject);
  });
}

/** What was asked for is not there, or is something else. */
class Missing extends Error {}
/** It is WebAssembly, but not what the glue is for. */
class Foreign extends Error {}
const isForeign = (cause: Error) => cause instanceof WebAssembly.LinkError || cause instanceof TypeError;

async function compileOwn({ provided, url, inline, name }: OwnBinary): Promise<WebAssembly.Module> {
  if (provided !== undefined) return compile(provided);
  const compileInline = async () => compile(decode((await inline?.())?.default ?? ''));
  if (!url || (inline && !isBrowser())) return compileInline();
  try {
    return await compile(onDisk(addressOf(url), name));
  } catch (error) {
    if (!inline || !(error instanceof Missing)) throw error;
    // The first failure is the one that can be mended.
    return compileInline().catch(() => {
      throw error;
    });
  }
}

/** A bundler that makes one classic script knows no `import.meta`. */
function addressOf(url: () => URL): URL {
  try {
    return url();
  } catch (cause) {
    throw new Missing('the script does not know its own address. Pass that of the .wasm file as `wasm`', { cause });
  }
}

/** jsdom gives scripts an address on the network, though they run in Node. */
function onDisk(url: URL, name: string | undefined): URL {
  const process = nodeProcess();
  if (url.protocol === 'file:' || name === undefined || !process?.getBuiltinModule) return url;
  const { resolve } = process.getBuiltinModule('node:module').createRequire(`${process.cwd()}/`);
  return new URL(`file://${resolve(name)}`);
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source;
  const url = typeof source === 'string' ? new URL(source, globalThis.location?.href) : source;
  if (url instanceof URL) return compileFrom(url);
  return isResponse(url) ? compileAnswer(url) : compileBytes(url, 'what `wasm` was given');
}

async function compileFrom(url: URL): Promise<WebAssembly.Module> {
  // Node's fetch does not read files. Asking `process` for the reader keeps `node:` out of every bundle.
  const process = nodeProcess();
  if (url.protocol === 'file:' && process?.getBuiltinModule) {
    return compileBytes(await process.getBuiltinModule('node:fs/promises').readFile(url), url.href);
  }
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), DOWNLOAD_LIMIT_MS);
  try {
    return await compileAnswer(await fetch(url, { signal: stop.signal }));
  } catch (cause) {
    const { aborted } = stop.signal;
    if (aborted) throw new Missing(`${url} did not arrive within ${DOWNLOAD_LIMIT_MS / 1_000} s`, { cause });
    // What fetch has for a network that fails, and for a CSP.
    if (!(cause instanceof TypeError)) throw cause;
    throw new Missing(`${url} could not be fetched (${cause.message}). A CSP has to allow it in connect-src`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

async function compileAnswer(answer: Response): Promise<WebAssembly.Module> {
  const { ok, status, url, headers } = answer;
  if (!ok) throw new Missing(`${url} was answered HTTP ${status}. See that the .wasm file is served there`);
  // Streaming insists on this media type; servers that do not know .wasm get by with bytes.
  const streams = headers.get('content-type')?.startsWith('application/wasm');
  if (streams && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(answer);
  return compileBytes(await answer.arrayBuffer(), url);
}

function compileBytes(source: ArrayBuffer | ArrayBufferView, at: string): Promise<WebAssembly.Module> {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start !== '\0asm') {
    const isPage = /^\s*</.test(start);
    throw new Missing(
      `${at} is ${isPage ? 'a page and ' : ''}not WebAssembly. See that the .wasm file itself is served`,
    );
  }
  return WebAssembly.compile(bytes as BufferSource);
}

const decode = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Edge runtimes run pages' code in a realm of its own, with modules from outside of it. */
const isModule = (source: WasmSource): source is WebAssembly.Module & WasmSource =>
  Object.prototype.toString.call(source) === '[object WebAssembly.Module]';

const isResponse = (source: object): source is Response => 'headers' in source;

interface NodeProcess {
  versions?: { node?: string };
  cwd(): string;
  getBuiltinModule?(name: 'node:fs/promises'): { readFile(path: URL): Promise<Uint8Array> };
  getBuiltinModule?(name: 'node:module'): { createRequire(path: string): { resolve(name: string): string } };
}

const nodeProcess = () => (globalThis as { process?: NodeProcess }).process;

/** A page or a worker of it. jsdom has a location too, in Node. */
const isBrowser = () => 'location' in globalThis && nodeProcess()?.versions?.node === undefined;

/** The cause, and what mends it where that is known. Browsers word it each in their own way. */
function reasonOf(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : `${cause}`;
  if (cause instanceof Missing) return said;
  if (/security policy|unsafe-eval|blocked by csp/i.test(said)) {
    return "the page's Content-Security-Policy forbids it. Add 'wasm-unsafe-eval' to script-src";
  }
  if (/disallowed by embedder/i.test(said)) {
    return 'this host compiles no WebAssembly at run time. Resolve the package with the condition workerd or edge-light, or import the .wasm file and pass it as `wasm`';
  }
  if (cause instanceof Foreign) {
    return `the binary is of another version than the package (${said}). Copy the .wasm file anew, or clear caches`;
  }
  return said;
}
