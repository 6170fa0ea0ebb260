// `usage.record` of a client and of a back end's client, in Node, against a gateway that stores each event once. In a browser it
// is tests/e2e/usage-recorder.test.mjs.
import { createPolarClient, type PolarClientOptions, type PolarError, type RecordedUsage } from '@plinto/polar';
import { createServerClient, type ServerClientOptions } from '@plinto/polar/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from './support/eventually.ts';
import { type Asked, Gateway, ORGANIZATION, refusal } from './support/gateway.ts';
import { type SentEvent, UsageServer } from './support/usage-server.ts';

const USER = '7b1f2c1a-0000-4000-8000-000000000001';
const UUID_7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const KEY = `plinto_sk_${'0'.repeat(64)}`;

/** A token of a user, as far as anybody but the server reads it. */
const tokenOf = (user: string) => `e30.${btoa(JSON.stringify({ sub: user }))}.sig`;

let gateway: Gateway;
let server: UsageServer;
const refused: [event: RecordedUsage, error: PolarError][] = [];
const onRefused = (event: RecordedUsage, error: PolarError) => refused.push([event, error]);
const client = (settings: Partial<PolarClientOptions> = {}) =>
  createPolarClient({
    baseUrl: gateway.url,
    getAccessToken: () => tokenOf('ada'),
    usage: { onRefused, ...settings.usage },
    ...settings,
  });
const backEnd = (settings: Partial<ServerClientOptions> = {}) =>
  createServerClient({ baseUrl: gateway.url, serviceKey: KEY, ...settings });

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => {
  gateway.forget();
  server = new UsageServer();
  gateway.answer(server.answer);
  refused.length = 0;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => gateway.stop());

describe('usage.record', () => {
  it('returns a UUID of version 7 at once, and sends what was recorded in one request', async () => {
    const { usage } = client({ organizationId: ORGANIZATION });
    const before = Date.now();

    const first = usage.record('api_call', { quantity: 3, properties: { its_own: 'key' } });
    const others = [usage.record('api_call', { quantity: 0 }), usage.record('tokens', { quantity: '0.1' })];
    const stats = await usage.flush();

    expect(gateway.asked).toHaveLength(1);
    const [{ body }] = gateway.asked as [Asked];
    const { events, sent_at: sentAt } = body as { events: SentEvent[]; sent_at: string };
    expect(events).toMatchObject([
      { external_id: first, event_name: 'api_call', quantity: 3, properties: { its_own: 'key' } },
      { external_id: others[0], quantity: 0 },
      { external_id: others[1], event_name: 'tokens', quantity: '0.1' },
    ]);
    for (const { external_id: id, timestamp, organization_id: organization } of events) {
      expect(id).toMatch(UUID_7);
      const time = Date.parse(timestamp);
      // The id holds the same time.
      expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(time);
      expect(time).toBeGreaterThanOrEqual(before);
      expect(Date.parse(sentAt)).toBeGreaterThanOrEqual(time);
      expect(organization).toBe(ORGANIZATION);
    }
    expect(stats).toEqual({ keptIn: 'memory', queued: 0, inFlight: 0, sent: 3, refused: 0, refusals: {}, dropped: 0 });
  });

  it('sends by itself what has waited for others', async () => {
    const id = client().usage.record('api_call');

    await eventually(() => expect([...server.stored.keys()]).toEqual([id]));
  });

  it('keeps what it was given, whatever becomes of the object', async () => {
    const { usage } = client();
    const options = { properties: { plan: 'pro' }, timestamp: new Date('2026-11-22T06:00:00Z') };

    const id = usage.record('api_call', options);
    options.properties.plan = 'free';
    options.timestamp.setFullYear(1999);
    await usage.flush();

    expect(server.stored.get(id)).toMatchObject({ properties: { plan: 'pro' }, timestamp: '2026-11-22T06:00:00.000Z' });
  });

  it('takes the member and the event that it is a part of', async () => {
    const { usage } = client();

    const parentId = usage.record('job');
    const id = usage.record('step', { parentId, memberId: USER });
    await usage.flush();

    expect(server.stored.get(id)).toMatchObject({ parent_id: parentId, member_id: USER });
  });

  it.each([
    ['eventName', '', {}],
    ['eventName', 'x'.repeat(129), {}],
    ['quantity', 'a', { quantity: Number.NaN }],
    ['quantity', 'a', { quantity: 'many' }],
    ['quantity', 'a', { quantity: null }],
    ['properties', 'a', { properties: ['a'] }],
    ['properties', 'a', { properties: { big: 1n } }],
    ['timestamp', 'a', { timestamp: 'yesterday' }],
    ['organizationId', 'a', { organizationId: 'acme' }],
    ['memberId', 'a', { memberId: 'ada' }],
    ['amount', 'a', { amount: 3 }],
  ])('names %s, which is wrong', async (field, eventName, options) => {
    const polar = backEnd();
    const late = client();
    const wrong = { code: 'VALIDATION_FAILED', family: 'caller', field };

    expect(() => polar.usage.record(eventName, { userId: USER, ...(options as object) })).toThrow(
      expect.objectContaining(wrong),
    );

    // Whoever has not loaded the recorder yet is told by it.
    await late.usage.stats();
    expect(() => late.usage.record(eventName, options as object)).toThrow(expect.objectContaining(wrong));
    const first = client();
    try {
      first.usage.record(eventName, options as object);
    } catch (error) {
      expect(error).toMatchObject(wrong);
      return;
    }
    const { refusals } = await first.usage.stats();
    expect(refusals).toEqual({ VALIDATION_FAILED: 1 });
    expect(refused).toMatchObject([[{ eventName }, wrong]]);
    expect(gateway.asked).toEqual([]);
  });

  it('tells which event the server refuses, and of what is wrong with it', async () => {
    const error = {
      code: 'USAGE_EVENT_NOT_ALLOWED',
      message: 'Not in USAGE_EVENTS.',
      details: { field: 'event_name' },
    };
    server.refuses = ({ event_name: name }) => (name === 'other' ? error : undefined);
    const { usage } = client();

    usage.record('api_call');
    const id = usage.record('other', { quantity: 2, properties: { a_b: 1 } });
    const stats = await usage.flush();

    const event = { eventId: id, eventName: 'other', quantity: 2, properties: { a_b: 1 } };
    expect(refused).toMatchObject([[event, { code: 'USAGE_EVENT_NOT_ALLOWED', family: 'caller', field: 'eventName' }]]);
    expect(stats).toMatchObject({ queued: 0, sent: 1, refused: 1, refusals: { USAGE_EVENT_NOT_ALLOWED: 1 } });
  });

  it.each<[string, Parameters<Gateway['answer']>[0]]>([
    ['is cut', 'cut'],
    ['is busy', refusal(503, 'STORE_UNAVAILABLE')],
    ['is not there, but a page of somebody else is', { status: 200, body: '<!doctype html><title>Sign in</title>' }],
    ['has no such route', { status: 404, body: 'Not found' }],
    ['does not take the token', refusal(401, 'TOKEN_INVALID')],
  ])('keeps what was recorded while the server %s, and says why', async (_, answer) => {
    gateway.answer(answer);
    const { usage } = client();
    const ids = [usage.record('api_call'), usage.record('api_call')];

    const failed = await usage.flush();
    gateway.answer(server.answer);
    const done = await usage.flush();

    expect(failed).toMatchObject({ queued: 2, sent: 0, refused: 0, error: { name: 'PolarError' } });
    expect([...server.stored.keys()]).toEqual(ids);
    expect(done).toEqual({ ...failed, queued: 0, sent: 2, error: undefined });
  });

  it('sends an event once more whose answer was lost, with the same id', async () => {
    const { usage } = client();
    gateway.answer((asked) => {
      server.answer(asked);
      return 'cut';
    }, server.answer);

    const id = usage.record('api_call');
    await usage.flush();
    await usage.flush();

    expect(gateway.asked).toHaveLength(2);
    expect([...server.stored.keys()]).toEqual([id]);
  });

  it('keeps no more than the limit, and tells what it does not keep', async () => {
    gateway.answer('cut');
    const dropped: RecordedUsage[] = [];
    const { usage } = client({ usage: { limit: 2, onFull: (event) => dropped.push(event) } });

    const ids = [1, 2, 3].map((quantity) => usage.record('api_call', { quantity }));
    const stats = await usage.flush();

    expect(stats).toMatchObject({ queued: 2, dropped: 1 });
    expect(dropped).toMatchObject([{ eventId: ids[2], eventName: 'api_call', quantity: 3 }]);
    gateway.answer(server.answer);
    await usage.flush();
    expect([...server.stored.keys()]).toEqual(ids.slice(0, 2));
  });

  it('goes on when a callback throws', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const mistake = new Error('a mistake of the application');
    server.refuses = () => ({ code: 'VALIDATION_FAILED', message: 'No.' });
    const { usage } = client({
      usage: {
        onRefused: () => {
          throw mistake;
        },
      },
    });

    usage.record('api_call');
    usage.record('api_call');

    expect(await usage.flush()).toMatchObject({ refused: 2, queued: 0 });
    expect(said).toHaveBeenCalledWith(mistake);
  });

  it.each([
    ['usage', 'all'],
    ['usage.limit', { limit: 0 }],
    ['usage.limit', { limit: 1.5 }],
    ['usage.file', { file: 7 }],
    ['usage.onRefused', { onRefused: 'console' }],
    ['usage.onFull', { onFull: {} }],
    ['usage.onfull', { onfull: () => {} }],
  ])('refuses the setting %s of %o', (field, usage) => {
    const wrong = expect.objectContaining({ code: 'CONFIGURATION_INVALID', field });

    expect(() => client({ usage: usage as object })).toThrow(wrong);
    expect(() => backEnd({ usage: usage as object })).toThrow(wrong);
  });
});

describe('usage of several users', () => {
  it('is sent with the token of whoever recorded it, and waits for them', async () => {
    let user: string | null = 'ada';
    const { usage } = client({ getAccessToken: () => user && tokenOf(user) });
    gateway.answer('cut');
    const ofAda = usage.record('api_call');
    await usage.flush();

    user = 'bob';
    gateway.answer(server.answer);
    const ofBob = usage.record('api_call');
    await usage.flush();
    expect([...server.stored.keys()]).toEqual([ofBob]);

    user = null;
    expect(await usage.flush()).toMatchObject({ queued: 1 });
    expect([...server.stored.keys()]).toEqual([ofBob]);

    user = 'ada';
    expect(await usage.flush()).toMatchObject({ queued: 0, sent: 2 });
    expect(Object.fromEntries(server.tokens)).toEqual({
      [ofBob]: `Bearer ${tokenOf('bob')}`,
      [ofAda]: `Bearer ${tokenOf('ada')}`,
    });
  });

  it('that was recorded while nobody was signed in is nobody\u2019s, and is told', async () => {
    let user: string | null = null;
    const { usage } = client({ getAccessToken: () => user && tokenOf(user) });

    const id = usage.record('api_call');
    user = 'ada';

    expect(await usage.flush()).toMatchObject({ queued: 0, sent: 0, refusals: { TOKEN_MISSING: 1 } });
    expect(refused).toMatchObject([[{ eventId: id }, { code: 'TOKEN_MISSING' }]]);
    expect(gateway.asked).toEqual([]);
  });

  it('that was recorded while the token could not be read waits until it can be', async () => {
    let isThere = false;
    const { usage } = client({
      getAccessToken: () => {
        if (!isThere) throw new Error('the session is being refreshed');
        return tokenOf('ada');
      },
    });

    const id = usage.record('api_call');
    await expect(usage.saved()).rejects.toMatchObject({ code: 'TOKEN_MISSING' });
    expect(await usage.stats()).toMatchObject({ queued: 1 });
    isThere = true;
    await usage.flush();

    expect([...server.stored.keys()]).toEqual([id]);
  });
});

describe('usage of a back end', () => {
  it('names whom each event is for, and bears the service key', async () => {
    const { usage } = backEnd();

    const ids = [
      usage.record('api_call', { userId: USER, quantity: 2 }),
      usage.record('api_call', { organizationId: ORGANIZATION }),
    ];
    await usage.flush();

    expect([...server.stored.values()]).toMatchObject([
      { external_id: ids[0], user_id: USER, quantity: 2 },
      { external_id: ids[1], organization_id: ORGANIZATION },
    ]);
    expect(gateway.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('is refused when it is nobody\u2019s', () => {
    expect(() => backEnd().usage.record('api_call', {} as { userId: string })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'userId' }),
    );
  });

  it('of 10,000 events goes in requests that the server takes', async () => {
    const { usage } = backEnd();
    for (let i = 0; i < 10_000; i++) usage.record('api_call', { userId: USER, quantity: i });

    const { sent } = await usage.flush();

    expect(sent).toBe(10_000);
    expect([...server.stored.values()].map(({ quantity }) => quantity)).toEqual(
      Array.from({ length: 10_000 }, (_, i) => i),
    );
    for (const { body } of gateway.asked) expect((body as { events: [] }).events.length).toBeLessThanOrEqual(500);
    expect(gateway.asked.length).toBeLessThanOrEqual(21);
  });
});
