// Serves the built pages and answers every contestant's checkout in its own words, after the same time.
//
//   node server.mjs FOLDER MS    FOLDER holds a folder for each page
//
// Below /stalled/ are the same pages, but a .wasm never comes.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const [folder, milliseconds] = process.argv.slice(2);

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });

const files = new Map();
for (const path of readdirSync(folder, { recursive: true })) {
  const type = types[extname(path)];
  if (type) files.set(`/${path.replace(/index\.html$/, '')}`, { type, body: brotli(readFileSync(join(folder, path))) });
}

const id = '0f8e4c52-6a7d-4d8e-9b1a-3c5d7e9f1a2b';
const answersTo = (origin) => {
  const url = `${origin}/landed`;
  return {
    '/api/v1/polar/checkout': {
      status: 201,
      body: { checkout_id: id, checkout_url: url, expires_at: '2030-01-01T00:00:00Z', client_secret: 'polar_c_secret' },
    },
    '/api/checkout': { status: 200, body: { url } },
    '/api/auth/checkout': { status: 200, body: { url, redirect: true } },
  };
};

const server = createServer((request, response) => {
  const { pathname, origin } = new URL(request.url, `http://${request.headers.host}`);
  if (request.method === 'POST') {
    const answer = answersTo(origin)[pathname];
    request.resume();
    request.on('end', () =>
      setTimeout(() => {
        response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end(JSON.stringify(answer?.body ?? {}));
      }, Number(milliseconds)),
    );
    return;
  }
  const stalls = pathname.startsWith('/stalled/');
  if (stalls && pathname.endsWith('.wasm')) return;
  const file = files.get(stalls ? pathname.slice('/stalled'.length) : pathname);
  if (!file) {
    // What Better Auth's client may ask beside the checkout: nobody is signed in.
    response.writeHead(pathname.startsWith('/api/') ? 200 : 404, { 'content-type': 'application/json' });
    response.end('null');
    return;
  }
  response.writeHead(200, {
    'content-type': file.type,
    'content-encoding': 'br',
    'content-length': file.body.length,
    // A page is asked for anew, its files have a hash in their names.
    'cache-control': pathname.endsWith('/') ? 'no-cache' : 'public, max-age=31536000, immutable',
  });
  response.end(file.body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
