import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

// This application lies within another repository, whose lock file Next would take for its own.
export default { outputFileTracingRoot: root, turbopack: { root } };
