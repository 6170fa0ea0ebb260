// Passwords are kept as salted scrypt hashes: `salt:hash`, both hex.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt);
const hashBytes = 32;

export async function hashPassword(password) {
  const salt = randomBytes(16);
  const hash = await derive(password.normalize('NFKC'), salt, hashBytes);
  return `${salt.toString('hex')}:${hash.toString('hex')}`;
}

export async function passwordMatches(password, stored) {
  const [salt, hash] = stored.split(':').map((part) => Buffer.from(part, 'hex'));
  return timingSafeEqual(await derive(password.normalize('NFKC'), salt, hashBytes), hash);
}
