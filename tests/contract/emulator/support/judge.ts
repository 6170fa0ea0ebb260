// Holds one answer of the emulator against Polar's OpenAPI document, or, where the document is silent, against what
// Polar's sources answer before and around every route.
import { document, type Operation, type Schema, validators } from '../../support/document.ts';
import { addNewerShapes } from './newer-shapes.ts';
import { type Exchange, unnamed } from './transcript.ts';

const text: Schema = { type: 'string' };
const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const domainError = object({ error: text, detail: text });

/** Answers that any route may give, by status: tokens, versions, bodies, limits, what the emulator does not have. */
const manners: Record<number, Schema[]> = {
  401: [
    object({ error: { const: 'Unauthorized' }, detail: text }),
    object({ error: { const: 'invalid_token' }, error_description: text }),
  ],
  403: [
    object({ error: { const: 'insufficient_scope' }, error_description: text, scope: text }),
    object({ error: { const: 'NotPermitted' }, detail: text }),
  ],
  404: [object({ detail: { const: 'Not Found' } })],
  405: [object({ detail: { const: 'Method Not Allowed' } })],
  411: [object({ error: { const: 'LengthRequired' }, detail: text })],
  413: [object({ error: { const: 'RequestBodyTooLarge' }, detail: text })],
  422: [
    object({
      error: text,
      detail: { type: 'array', items: object({ loc: { type: 'array' }, msg: text, type: text }) },
    }),
  ],
  501: [domainError],
};

/** Errors of Polar's sources that its document leaves out of the route's responses: the same shape everywhere. */
const undocumented = new Set([400, 402, 403, 404, 409, 410, 412]);

/**
 * Words of Polar's server where its document gives the status another one: they are answered as the server does. By
 * operation and status.
 */
const serverWords: Record<string, string[]> = {
  'GET /v1/orders/{}/invoice 404': ['InvoiceDoesNotExist'],
  'GET /v1/customer-portal/orders/{}/invoice 404': ['InvoiceDoesNotExist'],
  'GET /v1/orders/{}/receipt 404': ['ReceiptNotAllocated'],
  'GET /v1/customer-portal/orders/{}/receipt 404': ['ReceiptNotAllocated'],
  'PATCH /v1/subscriptions/{} 409': [
    'SubscriptionNotScheduledToCancel',
    'CannotPauseSubscription',
    'NoScheduledPause',
    'NotPausedSubscription',
  ],
  'PATCH /v1/customer-portal/subscriptions/{} 403': [
    'UpdateSubscriptionPlanNotAllowed',
    'UpdateSubscriptionSeatsNotAllowed',
    'UpdateSubscriptionUnitsNotAllowed',
  ],
  'POST /v1/checkouts/client/{}/confirm 422': ['CheckoutCustomerExternalIdMismatch'],
};

/** Routes of Polar's sources that its document leaves out, with the operation that answers the same. */
const likeAnother: Record<string, string> = {
  'POST /v1/customer-portal/subscriptions/{}/revoke': 'DELETE /v1/customer-portal/subscriptions/{}',
};

/** Answers without JSON, by status: redirects, and what stands before the application. */
const plain = new Set([204, 307, 429, 500, 502, 503]);

/** Routes of Polar's sources that its document leaves out. */
export const beyondTheDocument: Record<string, string> = {
  'GET /v1/checkouts/client/{}/stream': 'text/event-stream',
};

export class Judge {
  readonly #operations = new Map<string, Operation>();
  readonly #compile = validators({ closed: false, amend: addNewerShapes });
  readonly #compiled = new Map<string, ReturnType<ReturnType<typeof validators>>>();

  constructor() {
    for (const [path, operations] of Object.entries(document().paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        this.#operations.set(`${method.toUpperCase()} ${unnamed(path)}`, operation);
      }
    }
  }

  has(operation: string): boolean {
    return this.#operations.has(operation) || Object.hasOwn(beyondTheDocument, operation);
  }

  /** What is wrong with the answer; nothing when it is as Polar's. */
  problems(exchange: Exchange): string[] {
    const { method, route, status, body, content_type: type } = exchange;
    // Preflights are plain text; 0 is a connection that the emulator was told to cut.
    if (method === 'OPTIONS' || status === 0) return [];
    const asked = `${method} ${unnamed(route ?? '')}`;
    const name = likeAnother[asked] ?? asked;
    const streamType = status === 200 ? beyondTheDocument[name] : undefined;
    if (streamType !== undefined) return type?.startsWith(streamType) ? [] : [`content type ${type}`];
    const operation = this.#operations.get(name);
    if (operation === undefined && route !== null && !Object.hasOwn(beyondTheDocument, name)) {
      return [`the document has no ${name}`];
    }
    const response = operation?.responses[String(status)];
    const schema = response?.content?.['application/json']?.schema;
    if (response !== undefined && schema === undefined) {
      return status === 204 && body !== '' ? ['a body where the document has none'] : [];
    }
    if (response === undefined && plain.has(status)) return [];
    const value = parse(body);
    if (value === undefined) return [`the body is no JSON: ${body.slice(0, 120)}`];
    const problems = schema === undefined ? [`the document has no ${status} for ${name}`] : this.#errors(schema, value);
    if (problems.length === 0) return [];
    const documented = schema !== undefined;
    return this.#isAsAround(`${asked} ${status}`, status, documented, value) ? [] : problems;
  }

  /** What Polar answers around its routes, or in words that its document does not have. */
  #isAsAround(name: string, status: number, documented: boolean, value: unknown): boolean {
    const shapes = [...(manners[status] ?? [])];
    if (undocumented.has(status) && !documented) shapes.push(domainError);
    for (const word of serverWords[name] ?? []) shapes.push(object({ error: { const: word }, detail: text }));
    return shapes.some((shape) => this.#errors(shape, value).length === 0);
  }

  #errors(schema: Schema, value: unknown): string[] {
    const key = JSON.stringify(schema);
    const validate = this.#compiled.get(key) ?? this.#compile(schema);
    this.#compiled.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
