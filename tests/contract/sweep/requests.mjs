// Requests made from the OpenAPI document: as it says, at its bounds, or broken in one way.
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { oddities, rawOddities, valuesOf } from './values.mjs';

const marker = 'PLACE-OF-AN-ODDITY';
const wrongTypes = ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', '', 'application/json; a'];
/** Operations that nobody but a service key is let through to. */
const forKeys = ['addGrant', 'listGrants', 'removeGrant'];
const wrongMethods = ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'POST', 'GET', 'BREW'];

/** The operations of the document, with what a sender must know of each. */
export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    ['get', 'post', 'put', 'patch', 'delete'].flatMap((method) =>
      item[method] === undefined
        ? []
        : [{ path, method: method.toUpperCase(), atRoot: item.servers !== undefined, ...item[method] }],
    ),
  );
}

/**
 * @param {object} document
 * @param {object} random
 * @param {{ known: Function, callers: Record<string, string | undefined>, secrets: { polarWebhook: string,
 *   plintoWebhook: string } }} world `callers` are bearers by name
 */
export function requestsFrom(document, random, { known, callers, secrets }) {
  const { value, example } = valuesOf(random, document, known);
  const operations = operationsOf(document);

  /** One that the document allows; `atBounds` goes as far as it does. */
  function fitting(operation, atBounds, optional = 0.4) {
    const query = new URLSearchParams();
    const headers = {};
    let { path } = operation;
    for (const { name, in: place, required, schema } of operation.parameters ?? []) {
      if (place === 'path')
        path = path.replace(`{${name}}`, encodeURIComponent(value(schema, `${name} of ${operation.path}`, false)));
      else if (place === 'query' && (required || random.chance(optional)))
        query.append(name, String(value(schema, name, atBounds)));
      else if (place === 'header' && name === 'Idempotency-Key' && random.chance(0.3)) headers[name] = random.uuid();
    }
    const mount = operation.atRoot ? '' : random.pick(['/polar', '/api/v1/polar']);
    const schema = operation.requestBody?.content['application/json'].schema;
    const body = schema === undefined ? undefined : value(schema, operation.operationId, atBounds);
    if (!atBounds && random.chance(0.7)) chooseOne(operation.operationId, body, query);
    return { operation, method: operation.method, mount, path, query, headers, body };
  }

  /** What the document says in words only: one of several fields. */
  function chooseOne(operationId, body, query) {
    if (operationId === 'previewSubscription') {
      for (const name of ['slug', 'seats', 'proration_behavior']) query.delete(name);
      query.set('product_id', known('product_id'));
    }
    if (operationId === 'addGrant') {
      for (const name of ['tier', 'starts_at', 'ends_at']) delete body[name];
      body.features = ['export'];
    }
    if (operationId !== 'createCheckout' && operationId !== 'changeSubscription') return;
    for (const name of ['products', 'slug', 'seats', 'proration_behavior', 'custom_field_data']) delete body[name];
    if (body.metadata !== undefined) body.metadata = { plan: random.pick(['a', 7, true]) };
    body.product_id = known('product_id');
  }

  /** Something in a JSON value, replaced. */
  function replaceSomewhere(whole, replacement) {
    const places = [];
    const walk = (node) => {
      if (node === null || typeof node !== 'object') return;
      for (const key of Object.keys(node)) {
        places.push([node, key]);
        walk(node[key]);
      }
    };
    walk(whole);
    if (places.length === 0) return replacement;
    const [owner, key] = random.pick(places);
    owner[key] = replacement;
    return whole;
  }

  const breaks = {
    'a value of another kind': (request) => {
      if (request.body !== undefined) request.body = replaceSomewhere(request.body, random.pick(oddities));
      else
        request.query.append(random.pick([...request.query.keys(), 'organization_id']), String(random.pick(oddities)));
    },
    'JSON that no program writes': (request) => {
      request.raw = JSON.stringify(replaceSomewhere(request.body ?? {}, marker)).replace(
        `"${marker}"`,
        random.pick(rawOddities),
      );
    },
    'a field that is not known': (request) => {
      request.body = { ...request.body, [random.pick(['unknown', 'admin', '__proto__x', 'constructor', ''])]: 1 };
    },
    'a field that is left out': (request) => {
      const names = Object.keys(request.body ?? {});
      if (names.length > 0) delete request.body[random.pick(names)];
    },
    'a body of another kind': (request) => {
      request.raw = random.pick(['', 'null', '[]', '"text"', '7', '{', '{}}', '\uFEFF{}', '<a/>', 'a=b']);
    },
    'bytes that are no UTF-8': (request) => {
      request.raw = Buffer.concat([Buffer.from('{"event_name":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')]);
    },
    'another content type': (request) => {
      request.headers['content-type'] = random.pick(wrongTypes);
    },
    'a content coding': (request) => {
      const text = JSON.stringify(request.body ?? {});
      request.headers['content-encoding'] = random.pick(['gzip', 'br', 'identity', 'gzip, gzip', 'x-gzip']);
      request.raw = random.pick([text, gzipSync(text), gzipSync(text).subarray(0, 12), Buffer.from([0x1f, 0x8b])]);
    },
    'another method': (request) => {
      request.method = random.pick(wrongMethods);
    },
    'another path': (request) => {
      const broken = ['/', '//', '/%', '/%zz', '/..%2f..', '/%00', '/\u00e9', '/a'.repeat(500), ';x', '/cancel'];
      request.path = random.chance(0.5) ? request.path + random.pick(broken) : random.pick(broken);
    },
    'another query': (request) => {
      request.rawQuery = random.pick([
        'organization_id=',
        'organization_id=%',
        'organization_id=%FF%FE',
        'organization_id=a&organization_id=b',
        'limit=99999999999999999999&page=-1',
        'from=%00&to=9999-99-99',
        'from=0001-01-01&to=9999-12-31&by=month',
        'country=%C3%A9',
        'event_name=%ff',
        'event_name=%00&%C3=1',
        '&&&==',
        `x=${'y'.repeat(4000)}`,
        'user_id=00000000-0000-0000-0000-000000000000',
      ]);
    },
    'odd headers': (request) => {
      Object.assign(
        request.headers,
        random.pick([
          { 'Idempotency-Key': 'x'.repeat(300) },
          { 'Idempotency-Key': ' ' },
          { origin: 'null' },
          { origin: 'https://evil.example' },
          { 'if-none-match': '*' },
          { 'x-forwarded-for': '999.1.1.1, \u00e9' },
          { accept: 'text/html' },
          { 'x-http-method-override': 'DELETE' },
          { cookie: 'a=b' },
          { expect: '100-continue' },
        ]),
      );
    },
    'another credential': (request) => {
      request.headers.authorization = random.pick([
        'Bearer',
        'Bearer  ',
        'Basic YTpi',
        'Bearer a.b.c',
        `Bearer ${'x'.repeat(6000)}`,
        'Bearer plinto_sk_',
        `Bearer plinto_sk_${'0'.repeat(64)}`,
      ]);
    },
    'more than fits': (request) => {
      if (random.chance(0.15)) request.raw = `{"event_name":"${'x'.repeat(1_200_000)}"}`;
    },
  };

  /** Deliveries are signed, so that it is their content that is looked at. */
  function sign(request, text) {
    const { operation } = request;
    if (operation.path === '/webhooks') {
      const [id, time] = [random.uuid(), String(Math.floor(Date.now() / 1000))];
      const hmac = createHmac('sha256', secrets.polarWebhook).update(`${id}.${time}.`).update(text).digest('base64');
      Object.assign(request.headers, {
        'webhook-id': id,
        'webhook-timestamp': time,
        'webhook-signature': `v1,${hmac}`,
      });
    } else if (operation.path === '/webhooks/conekta') {
      Object.assign(request.headers, { digest: secrets.conektaDigest(text) });
    } else if (operation.path === '/events/plinto') {
      const signature = createHmac('sha256', secrets.plintoWebhook).update(text).digest('hex');
      Object.assign(request.headers, { 'X-Webhook-ID': random.uuid(), 'X-Webhook-Signature': signature });
    }
  }

  /** What goes over the wire. `how` says what is special about it. */
  function finish(request, how, caller) {
    const raw = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const text = raw === undefined ? undefined : Buffer.from(raw);
    if (text !== undefined && (how === 'an example' || random.chance(0.9))) sign(request, text);
    const token = callers[caller];
    const headers = {
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': text.length }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...request.headers,
    };
    const query = request.rawQuery ?? request.query.toString();
    const target = encodeTarget(request.mount + request.path + (query === '' ? '' : `?${query}`));
    return { operation: request.operation, method: request.method, target, headers, text, how, caller };
  }

  /** The first of each operation: one that must succeed. */
  function exampleOf(operation) {
    const request = example(() => fitting(operation, false, 0));
    chooseOne(operation.operationId, request.body, request.query);
    // Conekta's events have an id and a type, whatever else is in them.
    if (operation.operationId === 'receiveConektaWebhook') request.body = { id: random.uuid(), type: 'webhook_ping' };
    const takes = operation.parameters?.some(({ name }) => name === 'organization_id');
    const isErasure = operation.operationId === 'eraseCustomer';
    if (takes && !isErasure) request.query.set('organization_id', known('organization_id'));
    const usual = forKeys.includes(operation.operationId) ? 'key' : 'owner';
    return finish(request, 'an example', isErasure ? 'stranger' : usual);
  }

  /** The second of each operation: one that must be refused. */
  function refusalOf(operation) {
    const request = { ...fitting(operation, false), method: 'BREW' };
    return finish(request, 'another method', 'owner');
  }

  /** The request with this number: each operation comes as often as the others. */
  return (number) => {
    const operation = operations[number % operations.length];
    if (number < operations.length) return exampleOf(operation);
    if (number < 2 * operations.length) return refusalOf(operation);
    const dice = random.fraction();
    // A customer whose data is erased has none afterwards: the others must go on with theirs.
    const everybody = Object.keys(callers);
    const usual = operation.method === 'DELETE' ? ['stranger'] : ['owner', 'key'];
    const any = operation.method === 'DELETE' ? everybody.filter((name) => name !== 'owner') : everybody;
    const caller = random.pick(random.chance(0.6) ? usual : any);
    if (dice < 0.35) return finish(fitting(operation, false), 'as it should be', caller);
    if (dice < 0.5) return finish(fitting(operation, true), 'at its bounds', caller);
    const request = fitting(operation, false);
    const how = random.pick(Object.keys(breaks));
    breaks[how](request);
    return finish(request, how, caller);
  };
}

// Node refuses to send characters that HTTP does not allow in a target, which is not what is tested here.
const encodeTarget = (target) => target.replace(/[^!-~]/gu, (character) => encodeURIComponent(character));
