// `emulate`: Polar on this machine, for development and tests. The same flags, files and lines as the native program.
import type { Command } from './command-line.js';
import { EmulatorProgram } from './emulator-program.js';
import { Log } from './log.js';
import { stopSignal } from './stop.js';

export const emulate: Command = {
  name: 'emulate',
  about: 'Run an emulator of Polar, for development and tests',
  flags: {
    port: { value: 'N', default: '4010', about: 'Port to listen on; 0 picks a free one' },
    host: {
      value: 'ADDRESS',
      default: '127.0.0.1',
      about: 'Address to listen on; others than loopback need --allow-remote too',
    },
    'access-token': { value: 'TOKEN', about: 'Access token to accept; made up by default' },
    'webhook-secret': { value: 'SECRET', about: 'Secret to sign webhooks with; made up by default' },
    'webhook-url': { value: 'URL', about: 'Where to deliver webhooks; nowhere by default' },
    conekta: { about: 'Emulate Conekta too, under /conekta on the same port and clock' },
    'conekta-key': { value: 'KEY', about: "Conekta's private API key, with --conekta; made up by default" },
    seed: {
      value: 'N|FILE',
      repeats: true,
      about: 'A JSON file with what to sell and to whom, or a number that makes ids the same in every run, or both',
    },
    transcript: {
      value: 'FILE',
      env: 'POLAR_EMULATOR_TRANSCRIPT',
      about: 'Append every API request and answer to this file, as JSON',
    },
    data: { value: 'FILE', about: 'Keep everything in this file, and go on with what it holds' },
    'rate-limit': { value: 'LIMIT', default: 'off', about: 'Limits to answer 429 by: off, sandbox or production' },
    'allow-remote': { about: 'Let --host name an address that other machines reach' },
  },
  footer: 'Prints the access token, the webhook secret and the products, then `listening on ...`.',
  run: async (words) => {
    const log = new Log();
    const stopped = stopSignal();
    let broken = () => {};
    const lost = new Promise<void>((resolve) => {
      broken = resolve;
    });
    const emulator = await EmulatorProgram.start({
      host: words.text('host'),
      port: words.port('port'),
      allowRemote: words.has('allow-remote'),
      accessToken: words.text('access-token'),
      webhookSecret: words.text('webhook-secret'),
      webhookUrl: words.text('webhook-url'),
      rateLimit: words.text('rate-limit'),
      conekta: words.has('conekta'),
      conektaKey: words.text('conekta-key'),
      seeds: words.all('seed'),
      transcript: words.text('transcript'),
      data: words.text('data'),
      on: {
        request: (method, path, status) => log.info(`${method} ${path} ${status}`),
        delivery: ({ id, outcome }) =>
          typeof outcome === 'number'
            ? log.info(`webhook ${id} was answered ${outcome}`)
            : log.warn(`webhook ${id} was not answered`),
        warning: (line) => log.warn(line),
        failure: (line) => log.error(line),
        broken: () => {
          log.error('the journal cannot be written: what happens from here on would be lost');
          broken();
        },
      },
    });
    for (const line of [...emulator.description.announcement, `listening on ${emulator.url}`]) console.log(line);
    await Promise.race([stopped, lost]);
    log.info('stopping; press Ctrl-C again to end at once');
    await emulator.stop();
    return 0;
  },
};
