// Runs a scenario of requests and points in time against the emulator in process; the vector's steps are described in
// tests/cpp/emulator/scenario.h. Plain JavaScript, since the benchmark runs it too.

/**
 * @returns {Promise<string[]>} each delivery as `2026-12-22T06:00:00.123456Z subscription.cycled active`
 */
export async function runYear(createPolarEmulator, { seed, start, webhook_url: webhookUrl, steps }) {
  const polar = await createPolarEmulator({ seed, now: start, webhookUrl, url: 'http://127.0.0.1:4010' });
  const saved = new Map();
  for (const { until, request, save = {} } of steps) {
    if (until !== undefined) {
      await polar.advanceTo(until);
      continue;
    }
    const answer = await send(polar, request, saved);
    for (const [name, path] of Object.entries(save)) saved.set(name, find(answer, path));
  }
  const events = polar.deliveries().map(({ event: { timestamp, type, data } }) => {
    const status = typeof data.status === 'string' ? ` ${data.status}` : '';
    return `${timestamp} ${type}${status}`;
  });
  polar.close();
  return events;
}

async function send(polar, { method, path, body, anonymous = false }, saved) {
  const fill = (text) => [...saved].reduce((filled, [name, value]) => filled.replaceAll(`{${name}}`, value), text);
  const headers = { 'content-type': 'application/json' };
  if (!anonymous) headers.authorization = `Bearer ${polar.accessToken}`;
  const init = { method, headers, ...(body === undefined ? {} : { body: fill(JSON.stringify(body)) }) };
  const answer = await polar.fetch(polar.url + fill(path), init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

// [member], or [list, member, value, member]: that member of the list's item whose other member has the value.
function find(answer, [first, member, value, wanted]) {
  if (member === undefined) return answer[first];
  return answer[first].find((item) => item[member] === value)[wanted];
}
