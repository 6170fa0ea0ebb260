// `plinto`: the stand-in for Plinto alone, beside an emulator and a server that somebody has started otherwise.
import { startPlinto, testClock } from '../plinto/index.js';
import { type Command, UsageError } from './command-line.js';
import { Log } from './log.js';
import { listening } from './ports.js';
import { stopSignal } from './stop.js';

export const plinto: Command = {
  name: 'plinto',
  about: 'Run a stand-in for Plinto: sign-up, sign-in, organizations and their webhooks',
  flags: {
    port: { value: 'N', default: '4020', about: 'Port to listen on, on this machine; 0 picks a free one' },
    file: { value: 'FILE', about: 'Keep users and organizations in this file' },
    'webhook-url': { value: 'URL', about: 'Where to deliver webhooks; nowhere by default' },
  },
  // A command line can be seen by others.
  footer:
    'Reads PLINTO_JWT_SECRET and PLINTO_WEBHOOK_SECRET, which the server is given too, and TEST_CLOCK, the file that\nholds the time of a test.',
  run: async (words) => {
    const { PLINTO_JWT_SECRET: jwtSecret, PLINTO_WEBHOOK_SECRET: webhookSecret, TEST_CLOCK } = process.env;
    if (!jwtSecret || !webhookSecret) {
      throw new UsageError(
        'Set PLINTO_JWT_SECRET and PLINTO_WEBHOOK_SECRET: the same values that plinto-polar serve is given.',
      );
    }
    const log = new Log();
    const stopped = stopSignal();
    const port = words.port('port');
    const running = await listening('127.0.0.1', port, () =>
      startPlinto({
        jwtSecret,
        webhookSecret,
        port,
        file: words.text('file'),
        webhookUrl: words.url('webhook-url'),
        now: TEST_CLOCK ? testClock(TEST_CLOCK) : undefined,
        onRequest: (method, path, status) => log.info(`${method} ${path} ${status}`),
        onDelivery: ({ id, status }) =>
          status === 0 ? log.warn(`webhook ${id} was not answered`) : log.info(`webhook ${id} was answered ${status}`),
      }),
    );
    console.log(`listening on ${running.url}`);
    await stopped;
    await running.stop();
    return 0;
  },
};
