// The emulator held to what we did not write: Polar's own clients go through every operation, and every answer that any
// emulator gave in this test run is as Polar's document says.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhooks } from '@polar-sh/sdk/2026-04';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openApi } from '../support/document.ts';
import { liveThroughBadTimes } from './scenario/bad-times.ts';
import { type Shop, setUpShop } from './scenario/catalog.ts';
import { takeCheckouts } from './scenario/checkouts.ts';
import { refuseBeforeLooking } from './scenario/checks.ts';
import { keepCustomers } from './scenario/customers.ts';
import { nameWhatIsMissing } from './scenario/missing.ts';
import { sellNewerPrices } from './scenario/newer-prices.ts';
import { readByOlderClient, useOlderClient } from './scenario/older-client.ts';
import { openPortal } from './scenario/portal.ts';
import { changeSubscriptions } from './scenario/subscriptions.ts';
import { meterUsage } from './scenario/usage.ts';
import { manageWebhooks } from './scenario/webhooks.ts';
import { Judge } from './support/judge.ts';
import { operations } from './support/operations.ts';
import { type ProgramName, programs, type RunningEmulator, startEmulator } from './support/process.ts';
import { Stage } from './support/stage.ts';
import { coverageOf } from './support/table.ts';
import { readAnswers, unnamed } from './support/transcript.ts';

// The test run names one file for all its suites; alone, this suite has its own.
const transcript =
  process.env.POLAR_EMULATOR_TRANSCRIPT || join(mkdtempSync(join(tmpdir(), 'plinto-polar-')), 'transcript.jsonl');

/** An emulator for the tests of one scope, with its stage. */
function stageOfItsOwn(program: ProgramName) {
  let emulator: RunningEmulator;
  let stage: Stage;
  beforeAll(async () => {
    emulator = await startEmulator(transcript, program);
    stage = new Stage(emulator);
  });
  afterAll(() => emulator?.stop());
  return { emulator: () => emulator, stage: () => stage };
}

/** An answer may be here before the deliveries that it caused. */
function toldMoreThan(count: number, { deliveries }: RunningEmulator) {
  return vi.waitFor(() => expect(deliveries.length).toBeGreaterThan(count), { timeout: 10_000 });
}

describe.each(programs)('%s', (program) => {
  const { emulator, stage } = stageOfItsOwn(program);
  const shop = {} as Shop;

  describe("Polar's own client goes through every operation", () => {
    setUpShop(stage, shop);
    keepCustomers(stage);
    takeCheckouts(stage, shop);
    meterUsage(stage, shop);
    changeSubscriptions(stage, shop);
    openPortal(stage, shop);
    manageWebhooks(stage);

    it('accepts every delivery', async () => {
      await toldMoreThan(100, emulator());
      const types = new Set<string>();
      for (const { headers, body } of emulator().deliveries) {
        const { type } = await webhooks.validateEvent(body, headers, emulator().webhookSecret);
        types.add(type);
      }

      expect([...types]).toEqual(
        expect.arrayContaining(['checkout.updated', 'order.paid', 'subscription.active', 'customer.state_changed']),
      );
    });
  });

  describe('prices newer than the document', () => {
    const { emulator, stage } = stageOfItsOwn(program);

    sellNewerPrices(stage);

    it('come in deliveries that the official client accepts', async () => {
      await toldMoreThan(50, emulator());
      for (const { headers, body } of emulator().deliveries) {
        await webhooks.validateEvent(body, headers, emulator().webhookSecret);
      }
    });
  });

  describe('failed payments, and a year', () => {
    const { emulator, stage } = stageOfItsOwn(program);

    liveThroughBadTimes(stage);

    it('come in deliveries that both lines of the official client accept', async () => {
      const told = new Set<string>();
      // The last thing that happened has been told, and nothing is on its way.
      await vi.waitFor(
        async () => {
          const { pagination } = await stage().polar.webhooks.listWebhookDeliveries({ limit: 1 });
          expect(emulator().deliveries.length).toBe(pagination.total_count);
          expect(
            emulator()
              .deliveries.slice(-10)
              .map(({ body }) => body)
              .join(),
          ).toContain('"type":"subscription.revoked"');
        },
        { timeout: 10_000 },
      );
      for (const delivery of emulator().deliveries) {
        const { type } = await webhooks.validateEvent(delivery.body, delivery.headers, emulator().webhookSecret);
        const older = readByOlderClient(delivery, emulator().webhookSecret);
        expect([type, null]).toContain(older);
        told.add(type);
      }

      expect(emulator().deliveries.length).toBeGreaterThan(300);
      expect([...told]).toEqual(
        expect.arrayContaining([
          'subscription.past_due',
          'subscription.revoked',
          'subscription.paused',
          'subscription.resumed',
          'order.refunded',
          'benefit_grant.revoked',
          'customer_seat.claimed',
        ]),
      );
    });
  });

  describe("the 0.47 line of Polar's client", () => {
    useOlderClient(emulator);

    it('accepts every delivery whose type it knows', () => {
      const read = emulator().deliveries.map((delivery) => readByOlderClient(delivery, emulator().webhookSecret));

      expect(read.filter((type) => type !== null).length).toBeGreaterThan(100);
    });
  });

  describe.skipIf(openApi === undefined)("Polar's document", () => {
    const { emulator } = stageOfItsOwn(program);

    nameWhatIsMissing(emulator);
    refuseBeforeLooking(emulator);
  });
});

describe.skipIf(openApi === undefined)('every answer of this test run', () => {
  it('has the body that the document gives its route and status', async () => {
    const judge = new Judge();
    const answers = await readAnswers(transcript);
    const problems = answers.flatMap(({ exchange }) => {
      const found = judge.problems(exchange);
      if (found.length === 0) return [];
      const { method, path, status, body } = exchange;
      return [`${method} ${path} -> ${status}: ${found.slice(0, 5).join('; ')}\n  ${body.slice(0, 300)}`];
    });

    console.log(coverageOf(answers));
    expect(answers.length).toBeGreaterThan(100);
    expect(problems.slice(0, 20), `${problems.length} of ${answers.length} answers`).toEqual([]);
  });

  it('adds up to every operation that the emulator is to have', async () => {
    const judge = new Judge();
    const succeeded = new Set<string>();
    for (const { exchange } of await readAnswers(transcript)) {
      const { method, route, status } = exchange;
      if (route !== null && status < 300) succeeded.add(`${method} ${unnamed(route)}`);
    }

    expect(operations.filter((operation) => !judge.has(operation))).toEqual([]);
    expect(operations.filter((operation) => !succeeded.has(operation))).toEqual([]);
  });
});
