// What Polar answers and delivers, made from its OpenAPI document: read and written, it is the same.
import { describe, expect, it } from 'vitest';
import { document, openApi, type Schema, schemaName, validators } from './support/document.ts';
import { instance, type Plan } from './support/instances.ts';
import { modelNames, roundTrips } from './support/tool.ts';

// The longest union has eight branches; a pick of each.
const picks = [0, 1, 2, 3, 4, 5, 6, 7];
const kinds: [string, Omit<Plan, 'pick'>][] = [
  ['minimal', { full: false }],
  ['full', { full: true }],
  ['full, with unknown members', { full: true, extras: true }],
  ['minimal, with unknown members', { full: false, extras: true }],
  ['full, with unknown texts in enums and tags', { full: true, future: true }],
];

const models = modelNames();
const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

describe.skipIf(openApi === undefined)("models and Polar's document", () => {
  const validator = openApi === undefined ? undefined : validators({ closed: false });

  describe.each(models)('%s', (name) => {
    it.each(kinds)('survives reading and writing: %s', (_, kind) => {
      const values = picks.map((pick) => instance(refTo(name), { ...kind, pick }));

      const validate = validator?.(refTo(name));
      if (kind.future !== true)
        for (const value of values) expect(validate?.(value) ? [] : validate?.errors).toEqual([]);
      const written = roundTrips(values.map((value) => ({ model: name, value })));

      expect(written).toHaveLength(values.length);
      for (const [index, { json, error }] of written.entries()) {
        expect(error).toBeUndefined();
        expect(JSON.parse(json ?? 'null')).toEqual(values[index]);
      }
    });
  });

  it('are there for the data of every webhook type', () => {
    const payloads = Object.values(document().webhooks).map(
      ({ post }) => post?.requestBody?.content?.['application/json']?.schema,
    );
    expect(payloads.length).toBeGreaterThanOrEqual(41);
    for (const payload of payloads) {
      const data = document().components.schemas[schemaName(payload) ?? '']?.properties?.data;
      expect(models).toContain(schemaName(data));
    }
  });

  it('refuse what lacks a member that rules need', () => {
    const subscription = instance(refTo('Subscription'), { full: true, pick: 0 }) as Record<string, unknown>;
    for (const name of ['id', 'status', 'customer_id', 'product_id', 'current_period_end']) {
      const { [name]: _, ...rest } = subscription;
      expect(roundTrips([{ model: 'Subscription', value: rest }])[0]?.error).toContain(name);
    }
  });
});
