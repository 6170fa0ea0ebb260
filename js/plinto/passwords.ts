// Passwords are kept as salted scrypt hashes: `salt:hash`, both hex.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive: (password: string, salt: Buffer, length: number) => Promise<unknown> = promisify(scrypt);
const hashBytes = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = (await derive(password.normalize('NFKC'), salt, hashBytes)) as Buffer;
  return `${salt.toString('hex')}:${hash.toString('hex')}`;
}

export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split(':');
  const derived = (await derive(password.normalize('NFKC'), Buffer.from(salt, 'hex'), hashBytes)) as Buffer;
  return timingSafeEqual(derived, Buffer.from(hash, 'hex'));
}
