// The core as other C++ projects have it: installed to a prefix, found by find_package, linked by the example.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { at } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const ID = '11111111-1111-4111-8111-111111111111';
const body = readFileSync(at('tests/bench/subscription_updated.json'));

describe('the installed core', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-cmake-'));
  const prefix = join(folder, 'prefix');
  const build = join(folder, 'build');
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(async () => {
    const quiet = { quiet: true };
    await run('cmake', ['--install', at('build/native'), '--component', 'core', '--prefix', prefix], quiet);
    const places = ['-S', at('examples/cpp-embed'), '-B', build, `-DCMAKE_PREFIX_PATH=${prefix}`];
    await run('cmake', ['-G', 'Ninja', ...places], quiet);
    await run('cmake', ['--build', build], quiet);
  });

  const embed = (signature, seconds = Math.floor(Date.now() / 1000)) =>
    spawnSync(join(build, 'cpp-embed'), [SECRET, ID, String(seconds), signature(seconds)], {
      input: body,
      encoding: 'utf8',
    });
  const sign = (seconds) => {
    const hmac = createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64'));
    return `v1,${hmac.update(`${ID}.${seconds}.`).update(body).digest('base64')}`;
  };

  it('reads a delivery that is signed', () => {
    const { status, stdout } = embed(sign);

    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^${ID}: subscription.updated\\nsubscription \\S+ is active\\n$`));
  });

  it('refuses one that is not, and says why', () => {
    const { status, stderr } = embed(() => 'v1,AAAA');

    assert.equal(status, 1);
    assert.match(stderr, /^WEBHOOK_SIGNATURE_MISMATCH: /);
  });
});
