// Secrets for one machine, made up and kept so that an environment that was pasted once stays good.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from './command-line.js';

export interface LocalSecrets {
  readonly accessToken: string;
  /** Signs Polar's webhooks to the server that is started here, and to the application. */
  readonly serverWebhook: string;
  readonly appWebhook: string;
  readonly plintoJwt: string;
  readonly plintoWebhook: string;
}

const letters = (bytes: number): string => randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'A');

export function makeSecrets(): LocalSecrets {
  return {
    accessToken: `polar_oat_${letters(32)}`,
    serverWebhook: `whsec_${letters(32)}`,
    appWebhook: `whsec_${letters(32)}`,
    plintoJwt: randomBytes(32).toString('hex'),
    plintoWebhook: randomBytes(32).toString('hex'),
  };
}

/** Those of the file, which is made where there is none. It is for its owner alone. */
export function keepSecrets(path: string): LocalSecrets {
  if (existsSync(path)) return readSecrets(path);
  const secrets = makeSecrets();
  writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

function readSecrets(path: string): LocalSecrets {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const texts = Object.keys(makeSecrets()).map((name) => [name, read[name]] as const);
    if (texts.every(([, text]) => typeof text === 'string'))
      return Object.fromEntries(texts) as unknown as LocalSecrets;
  } catch {
    // Falls through: what was read is no JSON object.
  }
  throw new UsageError(`${path} is damaged. Remove it to have new secrets made.`);
}
