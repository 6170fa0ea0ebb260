// The sender of recorded events: as the core in Wasm, and as it is where WebAssembly is blocked. The vectors are the core's.
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/usage-sender.json' with { type: 'json' };

type SenderFile = typeof import('../../dist/js/usage/sender.js');
type Limits = import('../../dist/js/usage/sender.js').Limits;
type Sender = import('../../dist/js/usage/sender.js').Sender;

/** What no entry of the package exports. */
const internal = (file: string) => import(new URL(`../../dist/js/${file}`, import.meta.url).href);
const { LIMITS } = (await internal('usage/sender.js')) as SenderFile;
const { PlainSender } = (await internal(
  'usage/plain-sender.js',
)) as typeof import('../../dist/js/usage/plain-sender.js');
const { start } = (await internal('wasm/usage-module.js')) as typeof import('../../dist/js/wasm/usage-module.js');
const wasm = await start(undefined);

const senders: Record<string, (limits: Limits) => Sender> = {
  'the module': (limits) => wasm.open(limits),
  'the plain sender': (limits) => new PlainSender(limits),
};

interface Step {
  call: string;
  id?: string;
  organization?: string;
  event?: string;
  sentAt?: string;
  status?: number;
  retryAfter?: string;
  code?: string;
  field?: string;
  results?: string[];
  now?: number;
  random?: number;
  expect?: unknown;
}

function run(sender: Sender, step: Step): unknown {
  const { now = 0, random = 0, id = '', organization = '', event = '' } = step;
  if (step.call === 'add') return sender.add(id, organization, event, now);
  if (step.call === 'sendAt') return sender.sendAt() ?? null;
  if (step.call === 'body') return sender.body(step.sentAt ?? '');
  if (step.call === 'fault') return sender.fault(now, random);
  if (step.call === 'flush') return sender.flush();
  const { status = 0, retryAfter = '', code = '', field = '', results = [] } = step;
  const settled = sender.answer({ status, retryAfter, code, field, results }, now, random);
  return settled.map((one) => (one.isRefused ? '-' : '+') + one.id);
}

describe.each(Object.entries(senders))('%s', (_, open) => {
  it.each(vectors as { name: string; limits?: Partial<Limits>; organizations?: number; steps: Step[] }[])(
    '$name',
    ({ limits, organizations = 0, steps }) => {
      const sender = open({ ...LIMITS, ...limits });
      for (let i = 0; i < organizations; i++) expect(sender.add(`o${i}`, `o${i}`, '{}', 0)).toBe('taken');

      for (const step of steps) {
        const actual = run(sender, step);
        if ('expect' in step) expect([step, actual]).toEqual([step, step.expect]);
      }
      sender.close();
    },
  );

  it('settles each of 3,000 events once, whatever is answered', () => {
    let seed = 7;
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed / 2 ** 32;
    };
    const sender = open({ ...LIMITS, maxEvents: 50 });
    const over = new Map<string, boolean>();
    const isPoison = (id: number) => id % 97 === 0;
    let added = 0;
    let now = 0;
    for (let turns = 0; over.size < 3_000; turns++) {
      expect(turns).toBeLessThan(10_000);
      while (added < 3_000 && sender.add(`${added}`, '', `{"n":${added},"text":"\u00e9"}`, now) === 'taken') added++;
      now = Math.max(now, sender.sendAt() ?? now);
      const { events } = JSON.parse(sender.body('T')) as { events: { n: number }[] };
      const dice = random();
      if (dice < 0.1) {
        sender.fault(now, random());
        continue;
      }
      const answer = { retryAfter: '', code: '', field: '', results: [] as string[] };
      const status = dice < 0.2 ? 503 : events.some(({ n }) => isPoison(n)) ? 400 : 202;
      if (status === 202) answer.results = events.map(({ n }) => (n % 7 === 0 ? 'refused' : 'accepted'));
      for (const { id, isRefused } of sender.answer({ ...answer, status }, now, random())) {
        expect(over.has(id)).toBe(false);
        over.set(id, isRefused);
      }
    }
    for (const [id, isRefused] of over) expect([id, isRefused]).toEqual([id, isPoison(+id) || +id % 7 === 0]);
  });
});
