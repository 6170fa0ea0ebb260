// A scene whose customers change their plans and use what they bought throughout: what is asked of it while something is in
// trouble, and what must hold afterwards.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { Customers } from './customers.mjs';
import { startScene } from './scene.mjs';
import { assertNone, wrongWords } from './told.mjs';
import { UsageLoad } from './usage.mjs';

const customers = 8;

/** A scene with customers whose plans change, and who use. `options` are those of startScene(). */
export async function startBusyScene(chance, options) {
  const scene = await startScene({ seed: chance.between(1, 1_000_000), ...options });
  const buyers = await Customers.create(scene, chance, customers);
  await buyers.settle();
  const usage = new UsageLoad(scene, chance, buyers);
  let isBusy = true;
  const changing = (async () => {
    while (isBusy) {
      await buyers.change();
      await sleep(chance.between(50, 250));
    }
  })();
  // What went wrong with it is told by whoever waits for it.
  changing.catch(() => undefined);
  usage.start(2, 25);
  return {
    ...scene,
    buyers,
    usage,
    stop: async () => {
      isBusy = false;
      usage.abandon();
      await changing.catch(() => undefined);
      await scene.stop();
    },
    /** Ends the load. Then all that was acknowledged took effect once, and the servers know what Polar knows. */
    assertWhole: async () => {
      isBusy = false;
      await changing;
      await usage.stop();
      await scene.allDelivered();
      await usage.settle();
      await buyers.settle();
      await scene.quiet();
      const allowed = await buyers.allowed();
      const wrong = () => wrongWords(scene.application, allowed);
      await waitFor('the last notification', () => wrong().length === 0, { withinMs: 45_000 }).catch(() => undefined);
      assertNone(wrong());
      await scene.assertNothingParked();
      console.log(
        `${scene.front.summary()}; usage: ${usage.acknowledged.size} acknowledged, ${usage.repeated} tries not`,
      );
    },
  };
}

/** What a server says of itself at /healthz or /readyz; status 0 when nothing within 15 s. */
export async function health(place, path) {
  const started = Date.now();
  const answer = await fetch(place.url + path, { signal: AbortSignal.timeout(15_000) }).catch(() => undefined);
  return { status: answer?.status ?? 0, text: (await answer?.text()) ?? '', seconds: (Date.now() - started) / 1000 };
}

/** Waits for a status of /readyz. */
export const waitForReadiness = (place, status) =>
  waitFor(`/readyz ${status}`, async () => (await health(place, '/readyz')).status === status, { withinMs: 60_000 });

/** Asserts that a line of the log has come since `from`. */
export async function assertSaid(scene, from, pattern) {
  const said = () => scene.lines.slice(from).some(({ line }) => pattern.test(line));
  await waitFor(String(pattern), said, { withinMs: 60_000 }).catch(() => {
    assert.fail(
      `nothing said ${pattern} but:\n${scene.lines
        .slice(from, from + 20)
        .map(({ line }) => line)
        .join('\n')}`,
    );
  });
}

/** Waits until the server counts this problem so often. */
/** Of `job_failing` the metric counts loops, and several may fail at once. */
export const waitForProblem = (place, problem, isThere) =>
  waitFor(
    `${isThere ? 'the problem' : 'the end of the problem'} ${problem}`,
    async () => {
      const count = await place.metric(`plinto_polar_problems{problem="${problem}"}`);
      return isThere ? count > 0 : count === 0;
    },
    { withinMs: 60_000 },
  );
