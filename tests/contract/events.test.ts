// Every webhook of Polar: payloads made from its OpenAPI document are read as the model of their type and written again.
import { webhooks } from '@polar-sh/sdk/2026-04';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { document, openApi, type Schema, validators } from './support/document.ts';
import { instance, type Plan } from './support/instances.ts';
import { eventTypeNames, readEvents } from './support/tool.ts';

const types = eventTypeNames();
// Polar's client of this version knows it, the document does not: it is sent like every other change of a subscription.
const notInDocument = { 'subscription.migrated': 'subscription.updated' };

const picks = [0, 1, 2, 3, 4, 5, 6, 7];
const kinds: [string, Omit<Plan, 'pick'>][] = [
  ['minimal', { full: false }],
  ['full', { full: true }],
  ['full, with unknown members', { full: true, extras: true }],
  ['minimal, with unknown members', { full: false, extras: true }],
  ['full, with unknown texts in enums and tags', { full: true, future: true }],
];

interface Payload {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

function schemaOf(type: string): Schema {
  const documented = type in notInDocument ? notInDocument[type as keyof typeof notInDocument] : type;
  const schema = document().webhooks[documented]?.post?.requestBody?.content?.['application/json']?.schema;
  if (schema === undefined) throw new Error(`the document has no webhook ${documented}`);
  return schema;
}

/** A payload whose data follows the plan; the envelope's own type is not among the texts that a later version changes. */
function payload(type: string, plan: Plan): Payload {
  const made = instance(schemaOf(type), plan) as Payload;
  return { ...made, type };
}

describe("the table of webhook events and Polar's client", () => {
  const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const validated = (type: string) => {
    const body = JSON.stringify({ type, timestamp: '2026-11-22T06:00:00Z', data: {} });
    const at = new Date();
    const headers = {
      'webhook-id': 'one',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('one', at, body),
    };
    return webhooks.validateEvent(body, headers, secret);
  };

  it('has 42 types, each once, all of which the client knows', async () => {
    expect(new Set(types).size).toBe(42);
    expect(types).toHaveLength(42);
    for (const type of types) expect(await validated(type)).toMatchObject({ type });
  });

  it('names what the client does not know as unknown, and does not refuse it', async () => {
    const data = { id: 'm', nested: [1, null, 'text'] };

    await expect(validated('moon.landed')).rejects.toThrow(webhooks.PolarWebhookUnknownTypeError);
    const [read] = readEvents([{ type: 'moon.landed', timestamp: '2026-11-22T06:00:00Z', data }]);

    expect(read).toMatchObject({ type: 'moon.landed', known: false });
    expect(JSON.parse(read?.data ?? 'null')).toEqual(data);
  });
});

describe.skipIf(openApi === undefined)("the table of webhook events and Polar's document", () => {
  const validator = openApi === undefined ? undefined : validators({ closed: false });

  it('has every type of the document, and beyond it only what the client knows', () => {
    const documented = Object.keys(document().webhooks);
    expect(documented.length).toBeGreaterThanOrEqual(41);
    expect([...types].sort()).toEqual([...documented, ...Object.keys(notInDocument)].sort());
  });

  describe.each(types)('%s', (type) => {
    it.each(kinds)('survives reading and writing: %s', (_, kind) => {
      const payloads = picks.map((pick) => payload(type, { ...kind, pick }));

      const validate = validator?.(schemaOf(type));
      if (kind.future !== true && !(type in notInDocument))
        for (const one of payloads) expect(validate?.(one) ? [] : validate?.errors).toEqual([]);
      const read = readEvents(payloads);

      expect(read).toHaveLength(payloads.length);
      for (const [index, { error, field, refused, ...event }] of read.entries()) {
        expect({ error, field, refused }).toEqual({});
        expect(event).toMatchObject({ type, known: true, timestamp: payloads[index]?.timestamp });
        expect(JSON.parse(event.data ?? 'null')).toEqual(payloads[index]?.data);
      }
    });

    it('with data that is not what its model says is an error which names the field and leaves the data in hand', () => {
      const good = payload(type, { full: true, pick: 0 });
      const data = { ...good.data, id: 7 };

      const [read] = readEvents([{ ...good, data }]);

      expect(read).toMatchObject({ type, error: 'VALIDATION_FAILED', field: 'data.id' });
      expect(JSON.parse(read?.data ?? 'null')).toEqual(data);
    });
  });

  it('tells what is no event from an event whose data is odd', () => {
    const good = payload('order.paid', { full: true, pick: 0 });

    for (const bad of [{ ...good, type: 7 }, { ...good, timestamp: 'now' }, { ...good, data: [] }, []]) {
      expect(readEvents([bad])[0]).toEqual({ refused: 'VALIDATION_FAILED' });
    }
  });
});
