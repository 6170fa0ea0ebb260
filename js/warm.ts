// What a page gets ready when it is idle.
import { fetchCore } from './run.js';
import type { PolarClientOptions } from './settings.js';
import { resume } from './usage/resume.js';
import type { Usage } from './usage/types.js';

/** Fetches the core, unless `options` is false, and sends what an earlier page has left. Never fails. */
export function warm(options: PolarClientOptions | false, usage: Usage): void {
  if (options) void fetchCore(options);
  resume(usage);
}
