// Turns a WebAssembly binary, wherever it comes from, into a running module: streamed over HTTP in browsers and
// bundles, read from disk in Node, or handed over by hosts that compile ahead of time (workerd).

// Programs for Node alone are compiled without the DOM's types, among them those of WebAssembly.
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module & object
  : never;

/** A binary: a `WebAssembly.Module`, its address, an answer that carries it, or its bytes. */
export type WasmSource = WasmModule | URL | Response | ArrayBuffer | ArrayBufferView<ArrayBuffer>;

type InstantiateWasm = (
  imports: WebAssembly.Imports,
  done: (instance: WebAssembly.Instance, module?: WebAssembly.Module) => void,
) => object;

/** What Emscripten's glue exports. */
export type ModuleFactory<Module> = (options: { instantiateWasm: InstantiateWasm }) => Promise<Module>;

/** How long the download of a binary may take, in milliseconds. */
const DOWNLOAD_LIMIT_MS = 10_000;

/** Starts a module from its glue and its binary. Rejects where the host cannot fetch, compile or start it. */
export function instantiate<Module>(factory: ModuleFactory<Module>, source: WasmSource): Promise<Module> {
  // Emscripten's own promise never settles when instantiateWasm fails later, hence the promise around it.
  return new Promise((resolve, reject) => {
    const instantiateWasm: InstantiateWasm = (imports, done) => {
      start(source, imports).then(({ instance, module }) => done(instance, module), reject);
      return {};
    };
    factory({ instantiateWasm }).then(resolve, reject);
  });
}

async function start(
  source: WasmSource,
  imports: WebAssembly.Imports,
): Promise<{ instance: WebAssembly.Instance; module?: WebAssembly.Module }> {
  if (source instanceof WebAssembly.Module) return { instance: await WebAssembly.instantiate(source, imports) };
  const from = source instanceof URL ? await open(source) : source;
  if (!isResponse(from)) return WebAssembly.instantiate(from, imports);
  if (!from.ok) throw new Error(`the binary could not be fetched: HTTP ${from.status}`);
  // Streaming insists on this media type; servers that do not know .wasm get by with bytes.
  const streams = from.headers.get('content-type')?.startsWith('application/wasm');
  if (streams && WebAssembly.instantiateStreaming) return WebAssembly.instantiateStreaming(from, imports);
  return WebAssembly.instantiate(await from.arrayBuffer(), imports);
}

function isResponse(source: Response | BufferSource): source is Response {
  return 'headers' in source;
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:fs/promises'): { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> };
}

/** Node's fetch does not read files. Asking `process` for the reader keeps `node:` out of every bundle. */
async function open(url: URL): Promise<Response | BufferSource> {
  const { process } = globalThis as { process?: NodeProcess };
  if (url.protocol === 'file:' && process?.getBuiltinModule) {
    return process.getBuiltinModule('node:fs/promises').readFile(url);
  }
  return fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_LIMIT_MS) });
}
