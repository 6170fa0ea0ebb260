// Makes examples of a schema. The same plan always makes the same example; `pick` chooses among branches and values, so
// that a few picks walk through every branch of every union.
import { resolve, type Schema, schemaName } from './document.ts';

export interface Plan {
  /** All members, or only the required ones, null where that is allowed. */
  full: boolean;
  /** Members that the document does not name, in every object. */
  extras?: boolean;
  /** Texts that the document does not name, in every enum and tag: what a later version of Polar may send. */
  future?: boolean;
  pick: number;
}

const formats: Record<string, string> = {
  uuid4: '4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10',
  uuid: '4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10',
  email: 'buyer@example.com',
  uri: 'https://example.com/path?query=1',
  ipvanyaddress: '192.0.2.1',
};

export const laterText = 'from_a_later_version';

export function instance(schema: Schema, plan: Plan, name = '', above: string[] = []): unknown {
  const ref = schemaName(schema);
  if (ref !== undefined) return instance(resolve(schema), plan, name, [...above, ref]);
  if (schema.const !== undefined) return text(schema.const, plan);
  if (schema.enum !== undefined) {
    const allowed = allowedBy(above, schema.enum);
    return text(allowed[plan.pick % allowed.length], plan);
  }
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return instance(choose(branches, plan), plan, name, above);
  switch (schema.type) {
    case 'object':
      return object(schema, plan, above);
    case 'array':
      return array(schema, plan, name, above);
    case 'string':
      return string(schema, plan, name);
    case 'integer':
      return Math.max(
        plan.full ? 2_147_483_647 - plan.pick : 0,
        schema.minimum ?? 0,
        (schema.exclusiveMinimum ?? -1) + 1,
      );
    case 'number':
      return plan.full ? 1234.5 + plan.pick : 0;
    case 'boolean':
      return plan.pick % 2 === 0;
    case 'null':
      return null;
    default:
      return { anything: [1, 'text', null] };
  }
}

const text = (value: unknown, { future }: Plan): unknown =>
  future === true && typeof value === 'string' ? laterText : value;

// Polar's four discounts share the enums of type and duration; which values go with which shape is only in their names.
function allowedBy(above: string[], values: unknown[]): unknown[] {
  const discount = above.find((ref) => /Discount(Fixed|Percentage)/.test(ref)) ?? '';
  const of = above.at(-1);
  if (of === 'DiscountType') return [discount.includes('Fixed') ? 'fixed' : 'percentage'];
  if (of === 'DiscountDuration') return discount.includes('Repeat') ? ['repeating'] : ['once', 'forever'];
  return values;
}

function choose(branches: Schema[], plan: Plan): Schema {
  const none = branches.find(({ type }) => type === 'null');
  if (none !== undefined && !plan.full) return none;
  const some = branches.filter(({ type }) => type !== 'null');
  return some[plan.pick % some.length] ?? { type: 'null' };
}

function object(schema: Schema, plan: Plan, above: string[]): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    // A tag has a default, but Polar always sends it: without it nobody could tell the shapes apart.
    if (plan.full || schema.required?.includes(name) === true || member.const !== undefined)
      made[name] = instance(member, plan, name, above);
  }
  if (schema.properties === undefined && plan.full && typeof schema.additionalProperties === 'object') {
    const names = schema.propertyNames === undefined ? undefined : resolve(schema.propertyNames);
    const keys = names?.enum?.slice(0, 2) ?? (names?.format === undefined ? ['one', 'two'] : [string(names, plan, '')]);
    keys.forEach((key, index) => {
      made[String(key)] = instance(
        schema.additionalProperties as Schema,
        { ...plan, pick: plan.pick + index },
        '',
        above,
      );
    });
  }
  if (plan.extras === true && schema.properties !== undefined) {
    made.later_member = { nested: [1, 2.5, null, 'text \u00fc'], flag: true };
    made.later_null = null;
  }
  return made;
}

function array(schema: Schema, plan: Plan, name: string, above: string[]): unknown[] {
  if (schema.prefixItems !== undefined) return schema.prefixItems.map((item) => instance(item, plan, name, above));
  const inside = above.at(-1);
  // A filter holds filters: two levels are enough.
  const tooDeep = inside !== undefined && above.filter((ref) => ref === inside).length > 2;
  const count = tooDeep ? 0 : Math.max(plan.full ? 2 : 0, schema.minItems ?? 0);
  return Array.from({ length: count }, (_, index) =>
    instance(schema.items ?? {}, { ...plan, pick: plan.pick + index }, name, above),
  );
}

function string(schema: Schema, plan: Plan, name: string): string {
  if (schema.format === 'date-time') return plan.full ? '2026-11-22T06:00:00.123456Z' : '2026-11-22T06:00:00Z';
  const formatted = formats[schema.format ?? ''];
  if (formatted !== undefined) return formatted;
  // Decimal text, beyond the digits of a double.
  if (schema.pattern?.includes('\\.') === true) return '0.12345678901234567890';
  // The document says only that they are texts; the core insists on an address where it sends people.
  if (name === 'url' || name.endsWith('_url')) return formats.uri ?? '';
  return plan.full
    ? `text ${plan.pick} \u00fc "\\ /`.padEnd(schema.minLength ?? 0, '.')
    : 'x'.repeat(schema.minLength ?? 0);
}
