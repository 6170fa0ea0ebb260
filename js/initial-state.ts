// What a server fetches before it renders, so that the page begins with it, in the browser too.
import type { PolarClient } from './client.js';
import { type DataOf, type InputOf, isPublic, type Question, type ReadName } from './reads.js';
import { LOADING, SIGNED_OUT, type Snapshot } from './snapshot.js';
import { readToken, userOf } from './token.js';
import type { CallOptions } from './types.js';

/** Answers for a first render, and whose they are. Plain JSON: hand it to `PolarProvider` on the server and in the page. */
export interface InitialState {
  /** The user of the token that it was fetched with; null for nobody. */
  readonly user: string | null;
  /** By question. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/**
 * Asks these questions with the client's token, for instance `[['getCustomerState'], ['listProducts']]`. What fails is left
 * out, and asked again by the page. Errors: TOKEN_MISSING when the token cannot be read.
 */
export async function loadInitialState(polar: PolarClient, questions: readonly Question[]): Promise<InitialState> {
  const user = userOf(await readToken(polar.session.token));
  const answers: Record<string, unknown> = {};
  const asking = questions.map(async ([read, input = {}]) => {
    if (user === null && !isPublic(read)) return;
    const asked = askedOf(polar, read, input);
    answers[keyOf(read, asked)] = await ask(polar, read, asked);
  });
  await Promise.allSettled(asking);
  return { user, answers };
}

/** The input with the organization that the client is set to. */
export function askedOf<Name extends ReadName>(polar: PolarClient, read: Name, input: InputOf<Name>): InputOf<Name> {
  return isPublic(read) ? input : { organizationId: polar.organizationId, ...defined(input) };
}

/** Makes the call. */
export function ask<Name extends ReadName>(
  polar: PolarClient,
  read: Name,
  asked: InputOf<Name>,
  call?: CallOptions,
): Promise<DataOf<Name>> {
  type Ask = (input: InputOf<Name>, call?: CallOptions) => Promise<DataOf<Name>>;
  if (read === 'listProducts') return polar.listProducts(call) as Promise<DataOf<Name>>;
  return (polar[read] as Ask).call(polar, asked, call);
}

/** Equal for equal questions, in whatever order their members are written. */
export function keyOf(read: ReadName, asked: object): string {
  return JSON.stringify([read, Object.entries(defined(asked)).sort()]);
}

const snapshots = new WeakMap<InitialState, Map<string, Snapshot<unknown>>>();

/** What the first render shows, on the server and in the page: the same object each time. */
export function initialSnapshot<Name extends ReadName>(
  initial: InitialState | undefined,
  read: Name,
  asked: InputOf<Name>,
): Snapshot<DataOf<Name>> {
  if (!initial) return LOADING;
  if (initial.user === null && !isPublic(read)) return SIGNED_OUT;
  const of = snapshots.get(initial) ?? new Map<string, Snapshot<unknown>>();
  snapshots.set(initial, of);
  const key = keyOf(read, asked);
  const data = initial.answers[key];
  const snapshot =
    of.get(key) ?? (data === undefined ? LOADING : { ...LOADING, data, isLoading: false, isFetching: false });
  of.set(key, snapshot);
  return snapshot as Snapshot<DataOf<Name>>;
}

function defined(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
