// Loading the core: once, from wherever the host has it.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPolarError, loadCore } from '@plinto/polar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let bytes: Uint8Array<ArrayBuffer>;
let server: Server;
let url: string;
let contentType = 'application/wasm';

beforeAll(async () => {
  bytes = new Uint8Array(await readFile(new URL('../../dist/wasm/core.wasm', import.meta.url)));
  server = createServer((request, response) => {
    if (request.url !== '/core.wasm') return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': contentType }).end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('loadCore', () => {
  it('reads the binary from disk in Node', async () => {
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

  it('says why it could not load, and tries again at the next call', async () => {
    const wasm = new URL(`${url}/gone.wasm`);

    const error = await loadCore({ wasm }).catch((caught: unknown) => caught);

    expect(isPolarError(error, 'CORE_LOAD_FAILED')).toBe(true);
    expect(error).toMatchObject({ family: 'environment', message: expect.stringContaining('HTTP 404') });
    const again = loadCore({ wasm });
    await expect(again).rejects.not.toBe(error);
  });

  it('refuses bytes that are no WebAssembly', async () => {
    await expect(loadCore({ wasm: new Uint8Array([1, 2, 3]) })).rejects.toMatchObject({ code: 'CORE_LOAD_FAILED' });
  });
});
