// Loading the core: once, from wherever the host has it.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCore, type PolarError, type WasmSource } from '@plinto/polar';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

let bytes: Uint8Array<ArrayBuffer>;
let server: Server;
let url: string;
let contentType = 'application/wasm';
/** How often the answer that never comes was asked for. */
let hanging = 0;

beforeAll(async () => {
  bytes = new Uint8Array(await readFile(new URL('../../dist/wasm/core.wasm', import.meta.url)));
  server = createServer((request, response) => {
    if (request.url === '/hanging.wasm') {
      hanging += 1;
      return undefined;
    }
    if (request.url === '/page.wasm')
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    if (request.url !== '/core.wasm') return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': contentType }).end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('loadCore', () => {
  it('finds the binary in Node', async () => {
    expect((await loadCore()).version()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('loads once', async () => {
    const [first, second] = await Promise.all([loadCore(), loadCore()]);

    expect(second).toBe(first);
    expect(await loadCore()).toBe(first);
  });

  it('takes a compiled module, as workerd has it', async () => {
    const core = await loadCore({ wasm: await WebAssembly.compile(bytes) });

    expect(core.version()).toBe((await loadCore()).version());
  });

  it('takes bytes', async () => {
    expect((await loadCore({ wasm: bytes })).version()).toBe((await loadCore()).version());
  });

  it('takes a response', async () => {
    expect((await loadCore({ wasm: await fetch(`${url}/core.wasm`) })).version()).toBeTruthy();
  });

  it.each(['application/wasm', 'application/octet-stream'])(
    'takes an address whose server calls it %s',
    async (type) => {
      contentType = type;

      expect((await loadCore({ wasm: new URL(`${url}/core.wasm`) })).version()).toBeTruthy();
    },
  );

  it('takes the binary from inside its script where no file can be relied on', async () => {
    vi.resetModules();
    vi.stubGlobal('fetch', () => Promise.reject(new Error('not asked')));
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
      throw new Error('not asked');
    });
    const fresh = (await import('../../dist/js/wasm/core-module.js?inside' as string)) as { start(): Promise<unknown> };

    await expect(fresh.start()).resolves.toBeTruthy();
  });

  it('takes an address as text', async () => {
    expect((await loadCore({ wasm: `${url}/core.wasm` })).version()).toBeTruthy();
  });
});

describe('a core that cannot be started', () => {
  const failing = (wasm?: WasmSource): Promise<PolarError> =>
    loadCore({ wasm }).then(
      () => expect.fail('it started'),
      (caught: PolarError) => caught,
    );
  const message = async (wasm?: WasmSource) => {
    const error = await failing(wasm);
    expect(error).toMatchObject({ name: 'PolarError', code: 'CORE_LOAD_FAILED', family: 'environment' });
    return error.message.replace('The WebAssembly core could not be started: ', '');
  };

  it('is remembered for a minute, and costs one try', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const asked = vi.spyOn(globalThis, 'fetch');
    const wasm = new URL(`${url}/gone.wasm`);

    const error = await failing(wasm);
    expect(await failing(wasm)).toBe(error);
    expect(asked).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(61_000);
    expect(await failing(wasm)).not.toBe(error);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('is told apart from one whose file is not there, is a page, or is something else', async () => {
    expect(await message(new URL(`${url}/lost.wasm`))).toBe(
      `${url}/lost.wasm was answered HTTP 404. See that the .wasm file is served there.`,
    );
    expect(await message(new URL(`${url}/page.wasm`))).toBe(
      `${url}/page.wasm is a page and not WebAssembly. See that the .wasm file itself is served.`,
    );
    expect(await message(new Uint8Array([1, 2, 3]))).toBe(
      'what `wasm` was given is not WebAssembly. See that the .wasm file itself is served.',
    );
  });

  it('is told apart from a network or a policy that lets nothing through', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));

    expect(await message(new URL(`${url}/blocked.wasm`))).toBe(
      `${url}/blocked.wasm could not be fetched (Failed to fetch). A CSP has to allow it in connect-src.`,
    );
  });

  it('is not waited for longer than ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const told = message(new URL(`${url}/hanging.wasm`));
    await vi.waitFor(() => expect(hanging).toBe(1));
    vi.advanceTimersByTime(10_000);

    expect(await told).toBe(`${url}/hanging.wasm did not arrive within 10 s.`);
  });

  it.each([
    // As Chromium, Firefox and Safari have it.
    "WebAssembly.instantiateStreaming(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script in the following Content Security Policy directive",
    'call to WebAssembly.instantiate() blocked by CSP',
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive",
  ])('says what a policy needs that forbids it: %s', async (said) => {
    vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new WebAssembly.CompileError(said));

    expect(await message(new Uint8Array(bytes))).toBe(
      "the page's Content-Security-Policy forbids it. Add 'wasm-unsafe-eval' to script-src.",
    );
  });

  it('says what hosts need that compile ahead of time only', async () => {
    const said = 'WebAssembly.compile(): Wasm code generation disallowed by embedder';
    vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new WebAssembly.CompileError(said));

    expect(await message(new Uint8Array(bytes))).toMatch(/condition workerd or edge-light, or import the .wasm file/);
  });

  it('says that a host has no WebAssembly, and that a binary is of another version', async () => {
    const foreign = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0]);
    expect(await message(foreign)).toMatch(/^the binary is of another version than the package/);
    vi.stubGlobal('WebAssembly', undefined);

    expect(await message(new Uint8Array(bytes))).toBe(
      'this host has no WebAssembly. Browsers in lockdown mode turn it off.',
    );
  });
});
