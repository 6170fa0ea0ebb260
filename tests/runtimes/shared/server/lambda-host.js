// Runs a bundled Lambda function as Lambda does: the file that was uploaded lies alone in a folder. Requests become events.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from './serve-node.js';

const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-lambda-'));
const file = join(folder, basename(process.argv[2]));
copyFileSync(process.argv[2], file);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));
const { handler } = await import(pathToFileURL(file));

serve(async (request) => {
  const body = request.method === 'GET' ? undefined : Buffer.from(await request.arrayBuffer()).toString('base64');
  const { statusCode, ...rest } = await handler({
    rawPath: new URL(request.url).pathname,
    requestContext: { http: { method: request.method } },
    headers: Object.fromEntries(request.headers),
    ...(body !== undefined && { body, isBase64Encoded: true }),
  });
  return new Response(rest.body, { status: statusCode, headers: rest.headers });
});
