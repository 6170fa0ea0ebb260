// Polar's OpenAPI document: read from POLAR_OPENAPI, or from beside the repository. It is not part of the repository, so
// it may be absent: then the tests that need it are skipped, and say so.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const besideTheRepository = new URL('../../../../shared/reference/polar-openapi.json', import.meta.url);
export const documentPath = process.env.POLAR_OPENAPI ?? fileURLToPath(besideTheRepository);

export interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  prefixItems?: Schema[];
  minItems?: number;
  format?: string;
  pattern?: string;
  minLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  style?: string;
  schema: Schema;
}

interface Content {
  content?: { 'application/json'?: { schema: Schema } };
}

export interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export const openApi: OpenApi | undefined = existsSync(documentPath)
  ? (JSON.parse(readFileSync(documentPath, 'utf8')) as OpenApi)
  : undefined;

if (openApi === undefined) {
  console.warn(`Skipped: Polar's OpenAPI document is not at ${documentPath}. Set POLAR_OPENAPI to its path.`);
}

/** The document. Only for tests that are skipped without it. */
export function document(): OpenApi {
  if (openApi === undefined) throw new Error(`${documentPath} is missing`);
  return openApi;
}

export const schemaName = (schema: Schema | undefined): string | undefined => schema?.$ref?.split('/').pop();

/** The schema behind references. */
export function resolve(schema: Schema): Schema {
  const name = schemaName(schema);
  if (name === undefined) return schema;
  const found = document().components.schemas[name];
  if (found === undefined) throw new Error(`the document has no schema ${name}`);
  return resolve(found);
}

/** The document's schemas by name. */
export type Schemas = Record<string, Schema>;

/**
 * Validators of the document's schemas, after `amend` has added what is newer than the document. A closed one refuses members that the document does not name. "One of" means "any
 * of": the document's shapes of prices and of discounts overlap, so that the strict reading refuses what Polar sends.
 */
export function validators({
  closed,
  amend = () => {},
}: {
  closed: boolean;
  amend?: (schemas: Schemas) => void;
}): (schema: Schema) => ValidateFunction {
  const text = JSON.stringify(document().components.schemas).replaceAll('"oneOf":', '"anyOf":');
  const schemas = JSON.parse(text) as Schemas;
  amend(schemas);
  if (closed) for (const schema of Object.values(schemas)) close(schema);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('uuid4', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i);
  ajv.addFormat('ipvanyaddress', /^[0-9a-f.:]+$/i);
  ajv.addSchema({ $id: 'polar', components: { schemas } });
  return (schema) => ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"polar#/')));
}

function close(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const part of Object.values(schema)) close(part);
  const open = schema as Schema;
  if (open.type === 'object' && open.properties !== undefined) open.additionalProperties ??= false;
}
