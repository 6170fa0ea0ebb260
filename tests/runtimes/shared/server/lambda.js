// The same routes as a function of AWS Lambda behind an HTTP API (payload version 2.0).
import { createServer } from './routes.js';

const answer = createServer(process.env);

export async function handler({ rawPath, requestContext, headers, body, isBase64Encoded }) {
  const { method } = requestContext.http;
  const bytes = body === undefined ? undefined : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const response = await answer(new Request(`https://lambda.test${rawPath}`, { method, headers, body: bytes }));
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
