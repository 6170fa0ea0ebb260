// How often one place of a page may turn to something new.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from '../../dist/js/pace.js';
import type { Query } from '../../dist/js/store.js';

let subscribed: number[];
const question = (number: number) =>
  ({
    subscribe: () => {
      subscribed.push(number);
      return () => {};
    },
  }) as unknown as Query<unknown>;

beforeEach(() => {
  subscribed = [];
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('asks ten new questions at once, and of those that follow the last one, a second later', () => {
  const pace = new Pace();
  let stop = () => {};
  for (let number = 1; number <= 15; number++) {
    stop();
    stop = pace.subscribe(question(number), () => {});
  }
  expect(subscribed).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

  vi.advanceTimersByTime(1_000);

  expect(subscribed.at(-1)).toBe(15);
  expect(subscribed).toHaveLength(11);
});

it('says why, once', async () => {
  // A page that has said nothing yet.
  const fresh = new URL('../../dist/js/pace.js?fresh', import.meta.url).href;
  const { Pace: Fresh } = (await import(fresh)) as { Pace: typeof Pace };

  for (let places = 0; places < 2; places++) {
    const pace = new Fresh();
    for (let number = 1; number <= 30; number++) pace.subscribe(question(number), () => {});
  }

  expect(console.warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('createPolarClient()'));
});

it('lets a page go to and fro between what it knows', () => {
  const pace = new Pace();
  const [one, other] = [question(1), question(2)];

  for (let turns = 0; turns < 20; turns++) for (const query of [one, other]) pace.subscribe(query, () => {});

  expect(subscribed).toHaveLength(40);
});

it('asks at once again after a quiet while', () => {
  const pace = new Pace();
  for (let number = 1; number <= 10; number++) pace.subscribe(question(number), () => {});

  vi.advanceTimersByTime(10_001);
  pace.subscribe(question(11), () => {});

  expect(subscribed.at(-1)).toBe(11);
});

it('asks nothing for a component that is gone', () => {
  const pace = new Pace();
  for (let number = 1; number <= 10; number++) pace.subscribe(question(number), () => {});

  pace.subscribe(question(11), () => {})();
  vi.advanceTimersByTime(60_000);

  expect(subscribed).toHaveLength(10);
});
