// A pair of Conekta's webhook keys, and a server that takes what they sign; nobody answers at its Conekta.
import { createSign, generateKeyPairSync } from 'node:crypto';

export function makeConektaKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    serverEnv: {
      CONEKTA_API_KEY: 'key_eYvWV7gSDkNYXsmr4QPz1Ab',
      CONEKTA_URL: 'http://127.0.0.1:9',
      CONEKTA_WEBHOOK_KEYS: publicKey,
    },
    /** @param {string | Buffer} body */
    digest: (body) => createSign('RSA-SHA256').update(body).sign(privateKey, 'base64'),
  };
}
