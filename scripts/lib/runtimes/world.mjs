// What all rows share: the browser, the emulator with Plinto's stand-in and the server behind it, one port to be driven at.
import { randomBytes } from 'node:crypto';
import { openBrowser } from '../browser.mjs';
import { createPeople, owner } from '../demo-people.mjs';
import { freePorts } from '../ports.mjs';
import { startStack } from '../stack.mjs';
import { installPackage, rowsFolder } from './install.mjs';

const productId = '11111111-1111-4111-8111-111111111111';

export async function openWorld() {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  // As endpoints have it that use the standard signature: base64 behind the prefix.
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const stack = await startStack({
    seed: `${rowsFolder}/shop.json`,
    pageUrl: url,
    serverEnv: { PRODUCTS: JSON.stringify({ pro: productId }) },
  });
  let opened;
  /** The browser, opened anew where it has ended: one row must not take the others with it. */
  const browser = async () => {
    if (!opened?.isConnected()) opened = await openBrowser();
    return opened;
  };
  const close = async () => {
    await opened?.close();
    await stack.stop();
  };
  try {
    await createPeople(stack.urls.plinto);
    return {
      url: `${url}/`,
      stack,
      browser,
      owner,
      secret,
      package: await installPackage(),
      env: {
        PORT: String(port),
        HOST: '127.0.0.1',
        POLAR_WEBHOOK_SECRET: secret,
        POLAR_SERVER_URL: stack.urls.server,
        // Frameworks report to their makers unless they are told not to.
        ...{ NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1' },
        ...{ DO_NOT_TRACK: '1', CI: '1', NO_COLOR: '1', FORCE_COLOR: undefined },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
