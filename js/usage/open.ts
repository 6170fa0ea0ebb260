// Opens the recorder of a session: one for each server, however many clients a page makes. Behind one import(), at the first
// event.
import type { Session } from '../session.js';
import type { PolarClientOptions } from '../settings.js';
import type { UsageModule } from '../wasm/usage-module.js';
import { openIndexedStore } from './indexed-store.js';
import { openJournalStore } from './journal-store.js';
import { PlainSender } from './plain-sender.js';
import { Recorder } from './recorder.js';
import type { Limits, Sender } from './sender.js';
import { MemoryStore, type Store } from './store.js';

let loading: Promise<UsageModule | undefined> | undefined;

/** The core's, or one that does the same where WebAssembly is blocked. */
export async function openSender(limits: Limits): Promise<Sender> {
  loading ??= import('../wasm/usage-module.js').then(({ start }) => start(undefined)).catch(() => undefined);
  return (await loading)?.open(limits) ?? new PlainSender(limits);
}

const recorders = new WeakMap<Session, Map<string, Promise<Recorder>>>();

/** Errors: CONFIGURATION_INVALID, for a file that cannot be used. */
export async function openRecorder(options: PolarClientOptions, session: Session): Promise<Recorder> {
  const { baseUrl = '', basePath = '', usage } = options;
  const known = recorders.get(session) ?? new Map<string, Promise<Recorder>>();
  recorders.set(session, known);
  const address = `${baseUrl} ${basePath} `;
  const opening = known.get(address) ?? open(options, session, address);
  known.set(address, opening);
  opening.catch(() => known.delete(address));
  const recorder = await opening;
  recorder.tally.settings = usage ?? {};
  return recorder;
}

async function open(options: PolarClientOptions, session: Session, address: string): Promise<Recorder> {
  const { transport } = options;
  const usage = options.usage ?? {};
  const { fetchTransport, hostOf, send } = await import('../late.js');
  return new Recorder({
    store: await openBrowserStore().catch(() => openStore(usage.file)),
    openSender,
    address,
    url: () => `${hostOf(options, session.token).baseUrl}/usage/batch`,
    transport: transport ?? fetchTransport,
    send,
    getAccessToken: session.token,
    session,
    settings: usage,
    now: Date.now,
    random: Math.random,
  });
}

/** Where there is no browser's. Errors: CONFIGURATION_INVALID, for a file that cannot be used. */
export const openStore = (file: string | undefined): Store =>
  file === undefined ? new MemoryStore() : openJournalStore(file);

async function openBrowserStore(): Promise<Store> {
  // Deno has had a window without a document; jsdom has no IndexedDB.
  if (typeof document === 'undefined') throw new Error('this is no page');
  return await openIndexedStore();
}
