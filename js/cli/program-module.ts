// What the emulator's module offers to programs, beside what a test uses (js/wasm/emulator-module.ts): it reads the
// flags, goes on with a data file, and hands out the lines of the journal and of the transcript.
import type { Answer, Description, Due, EmulatorModule, State } from '../wasm/emulator-module.js';
import { unwrap } from '../wasm/envelope.js';
import { createLoader } from '../wasm/loader.js';

/** The emulator compiled to WebAssembly, with what programs call. */
export interface ProgramModule extends EmulatorModule {
  /** Returns an envelope of `CheckedFlags`. */
  emulatorCheckFlags(flags: string): string;
  /** Returns an envelope of the emulator's number. */
  emulatorOpenProgram(settings: string, now: number): string;
}

/** What the command line comes to. */
export interface CheckedFlags {
  /** Whether only this machine can come in. */
  local: boolean;
  /** In decimal: it may have 64 bits. */
  seed: string | null;
  seed_file: string | null;
}

/** Text to append to the files before an answer is sent. */
interface Kept {
  journal?: string;
  transcript?: string;
}

export type ProgramDescription = Description & Kept & { announcement: string[] };
export type ProgramAnswer = Answer & Kept;
export type ProgramDue = Due & Kept;
export type ProgramState = Kept & { state: State };

const load = createLoader(() => import('../wasm/emulator-module.js'));

export const loadProgramModule = async (): Promise<ProgramModule> => (await load()) as ProgramModule;

/** All types of events that webhooks may bear. */
export async function webhookTypes(): Promise<readonly string[]> {
  const module = await loadProgramModule();
  const number = unwrap<number>(module.emulatorOpen('{}', 0));
  const { webhook_types: types } = unwrap<Description>(module.emulatorDescribe(number));
  module.emulatorClose(number);
  return types;
}
