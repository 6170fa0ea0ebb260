// Bundles the worker as Wrangler does, and writes workerd's configuration for a compatibility date.
import { readdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const [date] = process.argv.slice(2);
const settings = ['POLAR_WEBHOOK_SECRET', 'POLAR_SERVER_URL'];
await build({
  entryPoints: ['worker.js'],
  bundle: true,
  format: 'esm',
  outdir: 'out',
  conditions: ['workerd', 'worker', 'browser'],
  loader: { '.wasm': 'copy' },
});

const modules = readdirSync('out').filter((name) => /\.(?:js|wasm)$/.test(name));
const kind = (name) => (name.endsWith('.wasm') ? 'wasm' : 'esModule');
// The first module is the worker.
modules.sort((one, other) => Number(other === 'worker.js') - Number(one === 'worker.js'));
writeFileSync(
  'out/config.capnp',
  `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${process.env.PORT}", http = (), service = "main")],
);

const main :Workerd.Worker = (
  compatibilityDate = "${date}",
  modules = [${modules.map((name) => `(name = "${name}", ${kind(name)} = embed "${name}")`).join(', ')}],
  bindings = [${settings.map((name) => `(name = "${name}", fromEnvironment = "${name}")`).join(', ')}],
);
`,
);
