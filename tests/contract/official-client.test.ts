// Polar's own client and the core make the same requests.
import { createPolar } from '@polar-sh/sdk/2026-04';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { officialCalls } from './support/official-calls.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';
import { builtRequests, nameOf, queryOf } from './support/tool.ts';

const requests = builtRequests();
let recorder: Recorder;
beforeAll(async () => {
  recorder = await startRecorder();
});
afterAll(() => recorder.close());

describe("requests and Polar's own client", () => {
  it('is asked for each of them', () => {
    expect(Object.keys(officialCalls).sort()).toEqual(requests.map(nameOf).sort());
  });

  it.each(requests.map((request) => [nameOf(request), request] as const))('%s is the same', async (name, request) => {
    const polar = createPolar({ accessToken: 'polar_oat_contract', baseUrl: recorder.url });

    await officialCalls[name]?.(polar);

    const [sent, ...more] = recorder.take();
    if (sent === undefined) throw new Error('the client sent nothing');
    expect(more).toEqual([]);
    const ours = new URL(request.url);
    const theirs = new URL(sent.target, recorder.url);
    expect(request.method).toBe(sent.method);
    expect(ours.pathname).toBe(theirs.pathname);
    // Where it is asked for no page, the client writes out Polar's defaults; the core leaves them to Polar.
    if (request.variant === 'minimal')
      for (const name of ['page', 'limit', 'sorting']) theirs.searchParams.delete(name);
    expect(queryOf(ours)).toEqual(queryOf(theirs));
    expect(request.body === undefined ? '' : JSON.parse(request.body)).toEqual(
      sent.body === '' ? '' : JSON.parse(sent.body),
    );
    expect(request.headers['polar-version']).toBe(sent.headers['polar-version']);
    expect(request.headers.authorization).toBe(sent.headers.authorization);
  });
});
