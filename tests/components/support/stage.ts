// What every component test stands on: a gateway, who is signed in, their clients, and a browser that goes nowhere.
import { createPolarClient, isPolarError, type PolarClient, type PolarError } from '@plinto/polar';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { Gateway } from '../../js/support/gateway.ts';
import { PlintoClient } from '../../js/support/people.ts';

// A machine may do other things meanwhile.
configure({ asyncUtilTimeout: 45_000 });

export let gateway: Gateway;
/** Who is signed in is who has its token. */
export let client: PlintoClient;
/** The client of an application that has no Plinto client, with the same token. */
export let polar: PolarClient;
/** Where the browser was sent. */
export const assign = vi.fn<(url: string) => void>();
/** What a developer finds on the console: the errors that customers are shown less of. */
export const logged: PolarError[] = [];

/** Makes `polar` anew, as a page does that is loaded: it knows nobody yet. */
export function renewPolar(): void {
  polar = createPolarClient({ baseUrl: gateway.url, getAccessToken: () => client.token });
}

interface StageOptions {
  /** The token that each test begins with. Without it nobody is signed in. */
  token?: string;
  /** Stops the clock, so that nothing gets old by itself. Timers go on. */
  stopClock?: boolean;
}

/** Sets the stage anew for each test of a file. Called before the file's own hooks, which may use what stands on it. */
export function setStage({ token, stopClock = false }: StageOptions = {}): void {
  beforeAll(async () => {
    gateway = await Gateway.start();
  });
  beforeEach(() => {
    gateway.forget();
    if (stopClock) vi.useFakeTimers({ toFake: ['Date'] });
    client = new PlintoClient(gateway.url);
    client.token = token ?? null;
    renewPolar();
    assign.mockReset();
    logged.length = 0;
    const { error: complain } = console;
    vi.spyOn(console, 'error').mockImplementation((...said) => {
      if (isPolarError(said[0])) logged.push(said[0]);
      else complain(...said);
    });
    vi.stubGlobal('location', { href: 'https://app.example/pricing', assign });
  });
  afterEach(() => {
    cleanup();
    // What was read out stays for a while: the next test is not to find it.
    for (const alert of document.querySelectorAll('body > [role=alert]')) alert.remove();
    vi.unstubAllGlobals();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  afterAll(() => gateway.stop());
}
