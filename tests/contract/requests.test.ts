// Every request that the core builds, against Polar's OpenAPI document.
import { describe, expect, it } from 'vitest';
import { document, type Operation, openApi, type Schema, schemaName, validators } from './support/document.ts';
import { type BuiltRequest, builtRequests, modelNames, nameOf, queryOf } from './support/tool.ts';

const requests = builtRequests();
const models = modelNames();

/** What Polar's own client knows and the document, of the same API version, does not. */
const newerThanTheDocument = ['units'];

describe.skipIf(openApi === undefined)("requests and Polar's document", () => {
  const validator = openApi === undefined ? undefined : validators({ closed: true });

  const operationOf = (request: BuiltRequest): Operation => {
    const path = new URL(request.url).pathname;
    const paths = Object.entries(document().paths);
    // A template's own text wins over a parameter: /v1/events/ingest is not /v1/events/{id}.
    const found = paths
      .filter(([template]) => matches(template, path))
      .sort(([left], [right]) => left.split('{').length - right.split('{').length)[0];
    const operation = found?.[1][request.method.toLowerCase()];
    if (operation === undefined) throw new Error(`the document has no ${request.method} ${path}`);
    return operation;
  };

  const errorsOf = (schema: Schema, value: unknown) => {
    const validate = validator?.(schema);
    return validate?.(value) === true ? [] : validate?.errors;
  };

  it.each(requests.map((request) => [nameOf(request), request] as const))('%s is an operation of it', (_, request) => {
    const operation = operationOf(request);
    expect(operation.operationId).toBe(request.operation);

    const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const given = groupByParameter(new URL(request.url));
    expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining([...given.keys()]));
    for (const parameter of parameters) {
      const values = given.get(parameter.name);
      if (values === undefined) expect(parameter.required ?? false, parameter.name).toBe(false);
      else if (parameter.style === 'deepObject') expect(Object.keys(values.members)).not.toEqual([]);
      else expect(values.readings.some((reading) => errorsOf(parameter.schema, reading)?.length === 0)).toBe(true);
    }
  });

  it.each(requests.map((request) => [nameOf(request), request] as const))('%s has the body of it', (_, request) => {
    const schema = operationOf(request).requestBody?.content?.['application/json']?.schema;
    if (schema === undefined) return expect(request.body).toBeUndefined();

    const body = JSON.parse(request.body ?? 'null') as Record<string, unknown>;
    if (request.variant === 'units') {
      expect(errorsOf(schema, body)).not.toEqual([]);
      for (const name of newerThanTheDocument) delete body[name];
    }
    expect(errorsOf(schema, body)).toEqual([]);
  });

  it('has a model for each answer', () => {
    for (const request of requests) {
      const success = Object.entries(operationOf(request).responses).find(([status]) => status.startsWith('2'));
      const schema = success?.[1].content?.['application/json']?.schema;
      if (schema === undefined || Object.keys(schema).length === 0) continue;
      expect(models, nameOf(request)).toContain(schemaName(schema));
    }
  });
});

describe('requests', () => {
  it.each(requests.map((request) => [nameOf(request), request] as const))(
    '%s bears token and version',
    (_, request) => {
      expect(request.headers.authorization).toBe('Bearer polar_oat_contract');
      expect(request.headers['polar-version']).toBe('2026-04');
      expect(request.headers['content-type']).toBe(request.body === undefined ? undefined : 'application/json');
    },
  );
});

function matches(template: string, path: string): boolean {
  const pattern = template.split(/\{[^}]+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]+')}$`).test(path);
}

interface Values {
  /** A query is text: what it may be read as. */
  readings: unknown[];
  members: Record<string, string[]>;
}

function groupByParameter(url: URL): Map<string, Values> {
  const groups = new Map<string, { texts: string[]; members: Record<string, string[]> }>();
  for (const [key, value] of queryOf(url)) {
    const [, name = key, member] = /^(\w+)(?:\[(.+)\])?$/.exec(key) ?? [];
    const group = groups.get(name) ?? { texts: [], members: {} };
    groups.set(name, group);
    group.texts.push(value);
    if (member !== undefined) group.members[member] = [...(group.members[member] ?? []), value];
  }
  return new Map(
    [...groups].map(([name, { texts, members }]) => {
      const plain = texts.map((text) => (/^(true|false|\d+)$/.test(text) ? (JSON.parse(text) as unknown) : text));
      return [name, { readings: [texts, plain, ...(texts.length === 1 ? [texts[0], plain[0]] : [])], members }];
    }),
  );
}
