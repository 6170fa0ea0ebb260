// FastAPI's order, by Polar's document: on every operation a body that is no JSON, an id that is none and a page that is
// none are refused with 422 and their place, though nothing of what the path names exists.
import { expect, it } from 'vitest';
import { document } from '../../support/document.ts';
import type { RunningEmulator } from '../support/process.ts';

interface Parameter {
  name: string;
  in: string;
  schema: { format?: string };
}
interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  hasBody: boolean;
}

const someId = '00000000-0000-4000-8000-000000000000';
const methods = new Set(['get', 'post', 'put', 'patch', 'delete']);

const operations = (): Operation[] =>
  Object.entries(document().paths).flatMap(([path, found]) =>
    Object.entries(found)
      .filter(([method]) => methods.has(method))
      .map(([method, described]) => {
        const { parameters = [], requestBody } = described as { parameters?: Parameter[]; requestBody?: object };
        return { method: method.toUpperCase(), path, parameters, hasBody: requestBody !== undefined };
      }),
  );

/** The path with `x` at one parameter, and with an id that nothing has at the others. */
const pathWith = ({ path }: Operation, wrong?: string) =>
  path.replaceAll(/\{([^}]+)\}/g, (_, name) => (name === wrong ? 'x' : someId));

export function refuseBeforeLooking(emulator: () => RunningEmulator): void {
  const send = async (method: string, path: string, token: string, body?: string) => {
    const answer = await fetch(emulator().url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: answer.status, text, places: text.startsWith('{"error"') ? JSON.parse(text).detail : [] };
  };
  const isMissing = ({ status, text }: { status: number; text: string }) =>
    status === 501 && text.includes('does not have the route');

  /** Sends to every operation that the emulator has, and says what is answered otherwise. */
  async function complaints(
    request: (operation: Operation) => { path: string; body?: string | undefined; place: string[] } | undefined,
  ): Promise<string[]> {
    const { accessToken } = emulator();
    const team = { type: 'team', owner: { email: `${crypto.randomUUID()}@example.com` } };
    const { id } = JSON.parse((await send('POST', '/v1/customers/', accessToken, JSON.stringify(team))).text);
    const { items } = JSON.parse((await send('GET', `/v1/members/?customer_id=${id}`, accessToken)).text);
    const opening = JSON.stringify({ customer_id: id, member_id: items[0].id });
    const session = JSON.parse((await send('POST', '/v1/customer-sessions/', accessToken, opening)).text).token;
    const wrong: string[] = [];
    for (const operation of operations()) {
      const asked = request(operation);
      if (asked === undefined) continue;
      const token = operation.path.startsWith('/v1/customer-portal/') ? session : accessToken;
      const answer = await send(operation.method, asked.path, token, asked.body);
      if (isMissing(answer)) continue;
      const place = JSON.stringify(answer.places[0]?.loc?.slice(0, asked.place.length));
      if (answer.status === 422 && place === JSON.stringify(asked.place)) continue;
      wrong.push(`${operation.method} ${asked.path} -> ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    return wrong;
  }

  it('refuses a body that is no JSON', async () => {
    expect(
      await complaints((operation) =>
        operation.hasBody ? { path: pathWith(operation), body: '{', place: ['body'] } : undefined,
      ),
    ).toEqual([]);
  });

  it('refuses an id that is none', async () => {
    const isId = ({ in: where, schema }: Parameter) => where === 'path' && /^uuid4?$/.test(schema.format ?? '');
    const most = Math.max(...operations().map(({ parameters }) => parameters.filter(isId).length));
    for (let i = 0; i < most; i += 1) {
      expect(
        await complaints((operation) => {
          const id = operation.parameters.filter(isId)[i];
          if (id === undefined) return undefined;
          const body = operation.hasBody ? '{}' : undefined;
          return { path: pathWith(operation, id.name), body, place: ['path', id.name] };
        }),
      ).toEqual([]);
    }
  });

  it('refuses a page that is none', async () => {
    expect(
      await complaints((operation) =>
        operation.method === 'GET' && operation.parameters.some(({ name }) => name === 'page')
          ? { path: `${pathWith(operation)}?page=0`, place: ['query', 'page'] }
          : undefined,
      ),
    ).toEqual([]);
  });
}
