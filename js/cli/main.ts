#!/usr/bin/env node
// `npx @plinto/polar`: finds the command, runs it, and ends with its code. 2 is a mistake in what was typed.
import { readFileSync } from 'node:fs';
import { isPolarError } from '../errors.js';
import { type Command, helpOf, readWords, UsageError } from './command-line.js';
import { dev } from './dev.js';
import { emulate } from './emulate.js';
import { init } from './init.js';
import { plinto } from './plinto.js';

const PROGRAM = 'npx @plinto/polar';
const commands: readonly Command[] = [dev, emulate, init, plinto];

function help(): string {
  const rows = commands.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join('\n');
  return `Billing for applications that sign in with Plinto, through Polar.\n\nUsage: ${PROGRAM} <command> [options]\n\n${rows}\n\n\`${PROGRAM} <command> --help\` says more.\n`;
}

function version(): string {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return `@plinto/polar ${(JSON.parse(manifest) as { version: string }).version}\n`;
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === '--version') {
    process.stdout.write(name === '--version' ? version() : help());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const names = commands.map((one) => one.name).join(', ');
    throw new UsageError(`There is no command \`${name}\`. There is: ${names}.`);
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpOf(command, PROGRAM));
    return 0;
  }
  return command.run(readWords(command, args));
}

// Whoever read it is gone.
process.stdout.on('error', () => {});
try {
  // What nobody reads any more keeps no program alive.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof UsageError || isPolarError(error);
  process.stderr.write(`${PROGRAM}: ${known ? error.message : error instanceof Error ? error.stack : error}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
