// Who is signed in, and for which organization: what is shown follows, and nothing is left for the next one.
import { createPolarClient, createPolarPlugin } from '@plinto/polar';
import { PolarProvider, useCustomerData } from '@plinto/polar/react';
import { act, render, screen, waitFor } from '@testing-library/react';
import { type ReactNode, StrictMode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../js/support/eventually.ts';
import { dataOf, ORGANIZATION, OTHER_ORGANIZATION, subjectOf } from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { App } from './support/app.tsx';
import { client, gateway, setStage } from './support/stage.ts';

/** What was shown at each render, with the subject that it was for. */
let shown: { subject: string; text: string }[];

setStage({ stopClock: true });
beforeEach(() => {
  gateway.answer(dataOf);
  shown = [];
});

const userOf = (token: string | null) => (token === null ? '' : JSON.parse(atob(token.split('.')[1] ?? '')).sub);

function Plan({ organizationId }: { organizationId?: string }) {
  const { data, error, isLoading, isSignedOut } = useCustomerData({ organizationId });
  const text = error?.code ?? data?.subscriptions[0]?.productName ?? (isLoading ? 'loading' : 'nothing');
  shown.push({ subject: [userOf(client.token), organizationId].filter(Boolean).join(' '), text });
  return <p role="status">{isSignedOut ? 'signed out' : text}</p>;
}

const text = () => screen.getByRole('status').textContent;
const shows = (wanted: string) => waitFor(() => expect(text()).toBe(wanted));
/** Names of people that were rendered for somebody else. */
const strangers = () => shown.filter(({ subject, text }) => text.includes('-') && text !== subject);
const page = (type: string, members: object = {}) => Object.assign(new Event(type), members);

describe('what is shown', () => {
  it('is gone at once when the user signs out', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    act(() => client.signOut());

    expect(text()).toBe('signed out');
    expect(gateway.asked).toHaveLength(1);
  });

  it("is the next user's, and never the last one's", async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    act(() => client.signIn(BOB));
    expect(text()).toBe('loading');
    await shows(BOB);
    act(() => client.signOut());
    act(() => client.signIn(ADA));
    await shows(ADA);

    expect(strangers()).toEqual([]);
    expect(gateway.asked.map(subjectOf)).toEqual([ADA, BOB, ADA]);
  });

  it('is nothing, and nothing is asked, while nobody is signed in', async () => {
    render(<Plan />, { wrapper: App });
    await shows('signed out');

    expect(gateway.asked).toEqual([]);
  });

  it('stays when the same user gets a new token', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);
    const renders = shown.length;

    await act(async () => client.refresh(ADA));

    expect(shown).toHaveLength(renders);
    expect(gateway.asked).toHaveLength(1);
  });

  it('follows a token of another user that comes without an event', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    client.token = tokenOf(BOB);
    act(() => void window.dispatchEvent(page('focus')));
    await shows(BOB);

    expect(gateway.asked.map(subjectOf)).toEqual([ADA, BOB]);
  });

  it.each(['token:refreshed', 'token:expired'])('follows what %s leads to', async (event) => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    client.token = null;
    act(() => client.emit(event));
    await shows('signed out');
  });

  it('follows what another tab does', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    client.token = null;
    act(() => void window.dispatchEvent(page('storage', { key: 'plinto_access_token' })));
    await shows('signed out');
  });

  it('follows the organization of a plugin that is made anew', async () => {
    client.signIn(ADA);
    const { rerender } = render(
      <App organization={ORGANIZATION}>
        <Plan />
      </App>,
    );
    await shows(`${ADA} ${ORGANIZATION}`);

    rerender(
      <App organization={OTHER_ORGANIZATION}>
        <Plan />
      </App>,
    );
    expect(text()).toBe('loading');
    await shows(`${ADA} ${OTHER_ORGANIZATION}`);

    expect(gateway.asked.map(subjectOf)).toEqual([`${ADA} ${ORGANIZATION}`, `${ADA} ${OTHER_ORGANIZATION}`]);
  });

  it('with two users and two organizations is never of another subject than the one at that render', async () => {
    const steps = [
      [ADA, ORGANIZATION],
      [BOB, ORGANIZATION],
      [BOB, OTHER_ORGANIZATION],
      [ADA, OTHER_ORGANIZATION],
      [ADA, ORGANIZATION],
    ] as const;
    client.signIn(ADA);
    const at = (organization: string) => (
      <App>
        <Plan organizationId={organization} />
      </App>
    );
    const { rerender } = render(at(ORGANIZATION));

    for (const [user, organization] of steps) {
      act(() => {
        if (userOf(client.token) !== user) client.signIn(user);
        rerender(at(organization));
      });
      await shows(`${user} ${organization}`);
    }

    expect(strangers()).toEqual([]);
  });

  it('drops an answer that comes after somebody else, and gives its request up', async () => {
    let release = (_: unknown) => {};
    const late = new Promise((resolve) => {
      release = resolve;
    });
    gateway.answer(async (asked) => {
      if (subjectOf(asked) === ADA) await late;
      return dataOf(asked);
    });
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await gateway.arrived(1);

    act(() => client.signIn(BOB));
    await shows(BOB);
    await eventually(() => expect(gateway.aborted).toBe(1));
    release(undefined);
    await act(() => new Promise((resolve) => setTimeout(resolve)));

    expect(text()).toBe(BOB);
    expect(strangers()).toEqual([]);
  });

  it('drops a token that was read before somebody else signed in', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);
    const tokens: ((token: string) => void)[] = [];
    const read = vi.spyOn(client, 'getAccessToken');
    read.mockImplementationOnce(() => new Promise((resolve) => tokens.push(resolve)));

    act(() => void window.dispatchEvent(page('focus')));
    const old = client.token ?? '';
    act(() => client.signIn(BOB));
    await shows(BOB);
    await act(async () => tokens[0]?.(old));

    expect(text()).toBe(BOB);
  });

  it('says why the token cannot be read, and goes on when it can', async () => {
    client.signIn(ADA);
    const read = vi.spyOn(client, 'getAccessToken').mockRejectedValue(new Error('storage is gone'));
    render(<Plan />, { wrapper: App });
    await shows('TOKEN_MISSING');

    read.mockRestore();
    act(() => void window.dispatchEvent(page('focus')));
    await shows(ADA);
  });
});

describe('a page that is returned to', () => {
  it('shows nothing when it is kept, and the same user again by the back button, fetched anew', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    act(() => void window.dispatchEvent(page('pagehide', { persisted: true })));
    expect(text()).toBe('loading');
    await act(async () => void window.dispatchEvent(page('pageshow', { persisted: true })));
    expect(text()).toBe(ADA);
    await gateway.arrived(2);

    expect(gateway.asked.map(subjectOf)).toEqual([ADA, ADA]);
  });

  it('shows nothing of a user who has left meanwhile', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    act(() => void window.dispatchEvent(page('pagehide', { persisted: true })));
    client.token = tokenOf(BOB);
    act(() => void window.dispatchEvent(page('pageshow', { persisted: true })));
    await shows(BOB);

    expect(strangers()).toEqual([]);
  });

  it('is left alone when it is shown for the first time', async () => {
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    await act(async () => void window.dispatchEvent(page('pageshow', { persisted: false })));

    expect(gateway.asked).toHaveLength(1);
  });

  it.each(['focus', 'visibilitychange'])('fetches anew at %s, but not within five seconds', async (type) => {
    vi.setSystemTime(new Date('2026-11-22T08:00:00Z'));
    client.signIn(ADA);
    render(<Plan />, { wrapper: App });
    await shows(ADA);

    await act(async () => void window.dispatchEvent(page(type)));
    expect(gateway.asked).toHaveLength(1);
    vi.setSystemTime(new Date('2026-11-22T08:00:06Z'));
    await act(async () => void window.dispatchEvent(page(type)));
    await gateway.arrived(2);
    expect(text()).toBe(ADA);
    await act(async () => void window.dispatchEvent(page(type)));

    expect(gateway.asked).toHaveLength(2);
  });
});

describe('a client that is made at each render', () => {
  it('asks a bounded number of times, and the console says why', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    // Each answer is another one, so that each one renders.
    gateway.answer((asked) => ({ status: 200, body: { ...dataOf(asked).body, n: Math.random() } }));
    const token = tokenOf(ADA);
    function Careless() {
      const polar = createPolarClient({ baseUrl: gateway.url, getAccessToken: () => token });
      return <p role="status">{useCustomerData({ polar }).data?.orders.length ?? 'none'}</p>;
    }
    render(
      <StrictMode>
        <Careless />
      </StrictMode>,
    );

    await waitFor(() => expect(warned).toHaveBeenCalled());

    expect(gateway.asked.length).toBeLessThanOrEqual(20);
    expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('createPolarClient()'));
  });

  it('costs nothing with one getAccessToken, or one Plinto client', async () => {
    client.signIn(ADA);
    const token = tokenOf(ADA);
    const getAccessToken = () => token;
    function Steady() {
      const polar = createPolarClient({ baseUrl: gateway.url, getAccessToken });
      const { data } = useCustomerData({ polar });
      return <p role="status">{data?.subscriptions[0]?.productName}</p>;
    }
    function Renewed({ children }: { children: ReactNode }) {
      return (
        <PolarProvider client={client} plugin={createPolarPlugin({ organizationId: ORGANIZATION })}>
          {children}
        </PolarProvider>
      );
    }
    const { rerender, unmount } = render(<Steady />);
    await shows(ADA);
    rerender(<Steady />);
    expect(text()).toBe(ADA);
    expect(gateway.asked).toHaveLength(1);
    unmount();

    const again = render(<Plan />, { wrapper: Renewed });
    await shows(`${ADA} ${ORGANIZATION}`);
    for (let renders = 0; renders < 20; renders++) again.rerender(<Plan />);

    expect(text()).toBe(`${ADA} ${ORGANIZATION}`);
    expect(gateway.asked).toHaveLength(2);
    expect(client.listeners('auth:signedIn')).toBe(1);
  });
});

describe('a client without a Plinto client', () => {
  it('follows its tokens', async () => {
    let token: string | null = tokenOf(ADA);
    const polar = createPolarClient({ baseUrl: gateway.url, getAccessToken: () => token });
    render(
      <PolarProvider polar={polar}>
        <Plan />
      </PolarProvider>,
    );
    await shows(ADA);

    token = null;
    act(() => void window.dispatchEvent(page('focus')));
    await shows('signed out');
  });
});
