// A program that asks for all there is: clients that send requests in turn, as fast as they are answered, from one
// address, and others that begin a request and never end it. Prints how many answers there were of each status, once a
// second.
//
//   node starver.mjs FILE    { clients, localAddress, requests: { method, url, headers, body }[], idle, target }
//
// `body` is base64; a `#` in it is another number each time.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { clients, localAddress, requests, idle = 0, target } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const agent = new Agent({ keepAlive: true, localAddress });
for (const one of requests) if (one.body !== undefined) one.body = Buffer.from(one.body, 'base64').toString('utf8');
const answers = {};
let sentSoFar = 0;

function once({ method, url, headers, body }) {
  return new Promise((resolve) => {
    const sent = request(url, { agent, method, headers, timeout: 30_000 }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
      answer.on('error', () => resolve(0));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(0));
    sent.end(body?.replaceAll('#', String(sentSoFar++)));
  });
}

async function client(first) {
  for (let i = first; ; i += 1) {
    const status = await once(requests[i % requests.length]);
    answers[status] = (answers[status] ?? 0) + 1;
    // Who is not let in at all tries again soon.
    if (status === 0) await sleep(10);
  }
}

/** Begins a request and never ends it, again and again. */
function hold() {
  const headers = { 'content-type': 'application/json', 'content-length': '100' };
  const sent = request(target, { agent: new Agent({ localAddress }), method: 'POST', headers });
  sent.on('error', () => undefined);
  sent.on('close', () => setTimeout(hold, 500));
  sent.write('{');
}

for (let i = 0; i < clients; i += 1) client(i);
for (let i = 0; i < idle; i += 1) hold();
setInterval(() => console.log(JSON.stringify(answers)), 1_000);
