// Fetch's requests and answers, as the emulator takes and gives them. Any origin will do: clients whose host is built
// in (`https://api.polar.sh`, `https://sandbox-api.polar.sh`) reach the emulator like those that were told its URL.
import type { Answer, RequestText } from '../wasm/emulator-module.js';

type Handle = (request: RequestText) => Answer;

const MAX_REDIRECTS = 20;

/** How late a fault makes an answer, in milliseconds: for whoever carries it, not for the client. */
const DELAY_HEADER = 'x-emulator-delay-ms';

/** Makes a `fetch` of what answers requests. `origin`: where answers redirect to when they stay with the emulator. */
export function makeFetch(origin: string, handle: Handle): typeof fetch {
  return async (input, init) => {
    const request = new Request(typeof input === 'string' ? new URL(input, origin) : input, init);
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    const sent: RequestText = {
      method: request.method,
      url: url.pathname + url.search,
      headers: [...request.headers],
      body: await request.text(),
    };
    // What a connection would have added.
    sent.headers.push(['host', new URL(origin).host]);
    if (sent.body !== '') sent.headers.push(['content-length', String(new TextEncoder().encode(sent.body).length)]);
    return follow(request, sent, origin, handle);
  };
}

async function follow(request: Request, first: RequestText, origin: string, handle: Handle): Promise<Response> {
  let sent = first;
  for (let count = 0; ; ++count) {
    const answer = await arrive(handle(sent), request.signal);
    const location = [301, 302, 303, 307, 308].includes(answer.status) ? headerOf(answer, 'location') : undefined;
    if (location === undefined || request.redirect === 'manual') return respond(answer, origin + sent.url, count > 0);
    const target = new URL(location, origin + sent.url);
    if (request.redirect === 'error' || count === MAX_REDIRECTS) throw new TypeError(`fetch failed: ${location}`);
    // Back to the application: that is for the test to open.
    if (target.host !== new URL(origin).host) return respond(answer, origin + sent.url, count > 0);
    const url = target.pathname + target.search;
    sent = answer.status === 303 ? { ...sent, method: 'GET', url, body: '' } : { ...sent, url };
  }
}

/** What a faulty connection makes of an answer: it comes late, or never. */
async function arrive(answer: Answer, signal: AbortSignal): Promise<Answer> {
  const late = headerOf(answer, DELAY_HEADER);
  if (late !== undefined) await wait(Number(late), signal);
  if (answer.status === 0)
    throw new TypeError('fetch failed', { cause: new Error('The emulator cut the connection.') });
  if (late === undefined) return answer;
  return { ...answer, headers: answer.headers.filter(([name]) => name.toLowerCase() !== DELAY_HEADER) };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function headerOf({ headers }: Answer, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function respond({ status, headers, body }: Answer, url: string, redirected: boolean): Response {
  const empty = status === 204 || status === 304;
  const response = new Response(empty ? null : body, { status, headers });
  Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
  return response;
}
