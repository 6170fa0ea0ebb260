// The keys that a server publishes, as WebCrypto takes them: given, or fetched once and kept.
import { fail } from './errors.js';

/** One key of a JSON Web Key Set. */
export interface PublishedKey {
  readonly kid?: string;
  readonly kty?: string;
  readonly crv?: string;
  readonly use?: string;
  readonly alg?: string;
  readonly x?: string;
  readonly y?: string;
}

/** What `/.well-known/jwks.json` answers. */
export interface PublishedKeys {
  readonly keys: readonly PublishedKey[];
}

/** For so long keys are not asked for again, and while the server does not answer they stay good for a day. */
const LIFETIME_MS = 10 * 60_000;
const LONGEST_LIFE_MS = 24 * 3_600_000;
/** Between two requests, whoever presents tokens of unknown keys. */
const PACE_MS = 10_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 1024;
const MAX_SETS = 100;

interface Kept {
  keys: PublishedKeys | undefined;
  fetchedAt: number;
  triedAt: number;
  running: Promise<void> | undefined;
  failure: unknown;
}

const sets = new Map<string, Kept>();

/**
 * The keys of that name. From an address they are fetched: the first time, every ten minutes, and for a name that is not
 * known, at most every ten seconds. Rejects with CONFIGURATION_INVALID for what are no keys; NETWORK_FAILED.
 */
export async function findKeys(source: PublishedKeys | URL, kid: string): Promise<PublishedKey[]> {
  if (!(source instanceof URL)) return named(check(source), kid);
  const kept = keptOf(source.href);
  const age = () => Date.now() - kept.fetchedAt;
  const isKnown = () => !!kept.keys && named(kept.keys, kid).length > 0;
  if ((!isKnown() || age() > LIFETIME_MS) && Date.now() - kept.triedAt >= PACE_MS) {
    kept.triedAt = Date.now();
    kept.running = refresh(source, kept);
  }
  // Nobody waits for keys that are only old.
  if (!isKnown() || age() > LONGEST_LIFE_MS) await atMost(TIMEOUT_MS, kept.running);
  if (kept.keys && age() <= LONGEST_LIFE_MS) return named(kept.keys, kid);
  return fail({
    code: 'NETWORK_FAILED',
    family: 'environment',
    message: `The keys of entitlement tokens could not be fetched from ${source.origin}${source.pathname}: ${kept.failure}. Check the address: it ends with /.well-known/jwks.json.`,
    cause: kept.failure,
  });
}

/** A request that was ended may take along what it has begun: on workerd others would wait for ever. */
function atMost(ms: number, running: Promise<void> | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!running) return resolve();
    const timer = setTimeout(resolve, ms);
    void running.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const named = ({ keys }: PublishedKeys, kid: string) => keys.filter((key) => key.kid === kid);

function keptOf(href: string): Kept {
  const known = sets.get(href);
  if (known) return known;
  // A process has one or two; whoever makes addresses up does not fill the memory.
  const [oldest] = sets.keys();
  if (sets.size >= MAX_SETS && oldest !== undefined) sets.delete(oldest);
  const made = { keys: undefined, fetchedAt: 0, triedAt: 0, running: undefined, failure: 'no answer' };
  sets.set(href, made);
  return made;
}

async function refresh(source: URL, kept: Kept): Promise<void> {
  const askedAt = Date.now();
  try {
    const answer = await fetch(source, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json' },
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const text = await answer.text();
    if (text.length > MAX_BYTES) throw new Error(`it answered more than ${MAX_BYTES} bytes`);
    kept.keys = check(JSON.parse(text));
    kept.fetchedAt = askedAt;
  } catch (failure) {
    kept.failure = failure;
  } finally {
    kept.running = undefined;
  }
}

function check(document: unknown): PublishedKeys {
  const keys = (document as PublishedKeys | null | undefined)?.keys;
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)) return { keys };
  return fail({
    code: 'CONFIGURATION_INVALID',
    family: 'caller',
    message:
      'These are no keys. Pass as `jwks` what /.well-known/jwks.json answers, or its address: new URL("https://billing.example.com/.well-known/jwks.json").',
    field: 'jwks',
  });
}

const imported = new WeakMap<PublishedKey, Promise<CryptoKey | undefined>>();

/** A key that checks ES256, or undefined for any other: the algorithm is the key's, whatever a token says. */
export function importKey(key: PublishedKey): Promise<CryptoKey | undefined> {
  const known = imported.get(key);
  if (known) return known;
  const { kty, crv, use = 'sig', alg = 'ES256', x, y } = key;
  const isUsable = kty === 'EC' && crv === 'P-256' && use === 'sig' && alg === 'ES256' && !!x && !!y;
  const made: Promise<CryptoKey | undefined> = isUsable
    ? crypto.subtle
        .importKey('jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
        .catch(() => undefined)
    : Promise.resolve(undefined);
  imported.set(key, made);
  return made;
}
