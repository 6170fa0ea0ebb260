// Serves the files of a folder, as a plain web server does: what is not there is 404.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { serve } from './serve-node.js';

const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const folder = process.argv[2];

serve(async (request) => {
  const path = normalize(decodeURIComponent(new URL(request.url).pathname));
  const file = path.endsWith('/') ? `${path}index.html` : path;
  try {
    const bytes = await readFile(join(folder, file));
    return new Response(bytes, { headers: { 'content-type': types[extname(file)] ?? 'application/octet-stream' } });
  } catch {
    return new Response('not found', { status: 404 });
  }
});
