// Runs one row: installs it, then builds, starts and drives it in each of its ways.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../child.mjs';
import { attempt, node } from '../run.mjs';
import { driveHtml, drivePage, driveServer, waitForServer } from './drive.mjs';
import { commandOf, installRow, nodeOf, nodeRowOf } from './install.mjs';

const drivers = { page: drivePage, html: driveHtml, server: driveServer };

/** @typedef {{ what: string, seconds: number, note?: string, failure?: string }} Outcome */

/**
 * Installs a row.
 * @param {object} row of tests/runtimes/rows.mjs
 * @param {object} world what all rows share: see openWorld()
 * @returns {Promise<(way: object) => Promise<string | undefined>>} runs one of its ways; resolves with what was seen
 */
export async function prepareRow(row, world) {
  const folder = await installRow(row, world.package);
  // What `npm test` runs needs nothing that it would have to download.
  const its = row.fast ? node : await nodeOf(nodeRowOf(row));
  return (way) => runWay(way, folder, { ...world, node: its });
}

/** @returns {Promise<Outcome[]>} one for each way of the row; one for all where it cannot be installed */
export async function runRow(row, world) {
  let run;
  const installed = await timed('install', async () => {
    run = await prepareRow(row, world);
  });
  if (installed.failure !== undefined) return [installed];
  const outcomes = [];
  for (const way of row.ways) outcomes.push(await timed(way.what, () => run(way)));
  return outcomes;
}

async function timed(what, run) {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  try {
    const note = await run();
    return { what, seconds: seconds(), ...(note && { note }) };
  } catch (error) {
    return { what, seconds: seconds(), failure: error.message };
  }
}

async function runWay(way, folder, world) {
  const env = { ...world.env, ...way.env };
  for (const line of [way.build ?? []].flat()) await runLine(line, folder, world, env);
  if (way.serve === undefined) return undefined;

  let alive = true;
  const child = new Child(way.serve, commandLine(way.serve, folder, world), {
    cwd: folder,
    env,
    onDeath: () => {
      alive = false;
    },
  });
  try {
    await waitForServer(world.url, () => alive);
    if (!alive) throw new Error('it has ended');
    const notes = [];
    for (const name of way.drive) notes.push(await drivers[name](world));
    return notes.join('; ');
  } catch (error) {
    // Why a request failed is often printed after its answer.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [what, ...rest] = error.message.split('\n');
    const [cause] = child.tail().split('\n').filter(saysError);
    const first = cause === undefined ? what : `${what} (${cause.trim()})`;
    throw new Error([first, ...rest, `\`${way.serve}\` printed last:`, child.tail()].join('\n'));
  } finally {
    await child.stop(2_000);
  }
}

async function runLine(line, folder, world, env) {
  const [program, ...args] = commandLine(line, folder, world);
  const { code, output } = await attempt(program, args, { cwd: folder, env, quiet: true });
  if (code === 0) return;
  const [cause = 'it fails without a word'] = output.split('\n').filter(saysError);
  throw new Error(`${cause.trim()}\n\`${line}\` ended with ${code}:\n${lastLines(output)}`);
}

/** A command as a row writes it, as `vite build`, run by the row's Node. `$PORT` is what the environment has by that name. */
function commandLine(line, folder, world) {
  const [command, ...args] = line.split(' ').map((word) => word.replace(/\$([A-Z_]+)/, (_, name) => world.env[name]));
  if (command === 'node') return [world.node, ...args];
  if (command === 'bun') return [bunOf(folder), ...args];
  const file = commandOf(folder, command);
  return isBinary(file) ? [file, ...args] : [world.node, file, ...args];
}

/** Bun's own package puts its binary into place by a script that is not run here. */
const bunOf = (folder) => {
  const arch = { x64: 'x64', arm64: 'aarch64' }[process.arch];
  return join(folder, `node_modules/@oven/bun-${process.platform}-${arch}/bin/bun`);
};

/** Some packages put a program in place of the script that starts it. */
const isBinary = (file) => readFileSync(file).subarray(0, 4).toString('latin1') === '\x7fELF';

const saysError = (line) => /error\b[^(),]*:|failed to/i.test(line);

const lastLines = (text) => text.trimEnd().split('\n').slice(-40).join('\n');
