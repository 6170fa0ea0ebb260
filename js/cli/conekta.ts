// What the emulator of Conekta leaves to its carrier: RSA keys, and the header that signs a delivery.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Due } from '../wasm/emulator-module.js';

export type Delivery = Due['deliveries'][number];

/** The settings of the module. Two pairs of keys, so that one can be exchanged for the other. */
export function conektaSettings(apiKey: string | undefined): object {
  return { api_key: apiKey, keys: [rsaKey(), rsaKey()] };
}

/** With the header `digest`, where the delivery lacks it. */
export function signed({ rsa, ...delivery }: Delivery): Delivery {
  if (rsa === undefined) return delivery;
  const digest = sign('sha256', Buffer.from(rsa.text), rsa.private_pem).toString('base64');
  return { ...delivery, headers: [...delivery.headers, ['digest', digest]] };
}

function rsaKey(): { private_pem: string; public_pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { private_pem: privateKey, public_pem: publicKey };
}
