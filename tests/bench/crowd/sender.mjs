// Eight clients that send one request again and again, each as soon as the last is answered, until they are ended.
//
//   node sender.mjs REQUEST.json     { url, method, headers, body: a file or null }
//
// A process of its own, so that its work is not in the times of those who are measured. Prints how often each answer came,
// once a second.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const CLIENTS = 8;
const { url, method, headers, body } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bytes = body === null ? undefined : readFileSync(body);
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
const answers = {};

function send() {
  return new Promise((resolve) => {
    const done = (name) => {
      answers[name] = (answers[name] ?? 0) + 1;
      resolve();
    };
    const length = bytes === undefined ? {} : { 'content-length': bytes.length };
    const sent = request(url, { agent, method, headers: { ...headers, ...length } }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode));
      answer.on('error', (error) => done(error.code));
    });
    sent.on('error', (error) => done(error.code));
    sent.end(bytes);
  });
}

async function client() {
  for (;;) await send();
}

for (let i = 0; i < CLIENTS; i += 1) client();
setInterval(() => console.log(JSON.stringify(answers)), 1000);
