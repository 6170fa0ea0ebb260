// The picture of one direction (section 2 of the design) as data: which folder may use which, and which folder is the
// only door to which library. Nothing points back; what is not listed is not allowed.

/** C++ folders; the longest match counts. A folder may use itself and what `uses` names. */
export const cppFolders = {
  'cpp/core': { uses: [] },
  'cpp/emulator': { uses: ['cpp/core'] },
  'cpp/server/base': { uses: ['cpp/core'] },
  'cpp/server/store': { uses: ['cpp/core', 'cpp/server/base'] },
  'cpp/server/upstream': { uses: ['cpp/core', 'cpp/server/base'] },
  // Plinto is asked through the same HTTP client interface as Polar.
  'cpp/server/auth': { uses: ['cpp/core', 'cpp/server/base'], interfacesOf: ['cpp/server/upstream'] },
  'cpp/server/service': {
    uses: ['cpp/core', 'cpp/server/base'],
    interfacesOf: ['cpp/server/store', 'cpp/server/upstream', 'cpp/server/auth'],
  },
  'cpp/server/jobs': { uses: ['cpp/core', 'cpp/server/base', 'cpp/server/service'] },
  'cpp/server/http': { uses: ['cpp/core', 'cpp/server/base', 'cpp/server/service'] },
  // Counts; what it counts is described by the store's and the HTTP client's headers.
  'cpp/server/metrics': {
    uses: ['cpp/core', 'cpp/server/base'],
    interfacesOf: ['cpp/server/store', 'cpp/server/upstream'],
  },
  'cpp/server/config': { uses: ['cpp/core', 'cpp/server/base'] },
  // A service, a store and jobs of his own for each tenant: put together as the commands do for the default tenant.
  'cpp/server/tenants': {
    uses: [
      'cpp/core',
      'cpp/server/base',
      'cpp/server/service',
      'cpp/server/jobs',
      'cpp/server/store',
      'cpp/server/config',
    ],
  },
  // What puts the parts together may use everything.
  'cpp/server': { uses: ['cpp'] },
  'cpp/server/commands': { uses: ['cpp'] },
  bindings: { uses: ['cpp'] },
};

/** TypeScript folders and the packages each may import. */
export const scriptFolders = {
  js: { uses: [], packages: [] },
  components: { uses: ['js'], packages: ['react', 'react/jsx-runtime'] },
};

/** Each library behind one door: a path, or a folder when it ends with a slash. */
export const doors = [
  { library: /^nlohmann\//, only: ['cpp/core/foundation/json.h'] },
  { library: /^emscripten/, only: ['bindings/'] },
  { library: /^(sqlite3\.h|SQLiteCpp\/)/, only: ['cpp/server/store/'] },
  { library: /^(libpq-fe\.h|postgresql\/)/, only: ['cpp/server/store/'] },
  { library: /^curl\//, only: ['cpp/server/upstream/'] },
  { library: /^jwt\.h$/, only: ['cpp/server/auth/'] },
  { library: /^boost\/beast/, only: ['cpp/server/http/'] },
  { library: /^prometheus\//, only: ['cpp/server/metrics/'] },
  { library: /^zlib\.h$/, only: ['cpp/server/base/'] },
  { library: /^CLI\//, only: ['cpp/server/main.cpp', 'cpp/server/commands/', 'cpp/server/config/'] },
];

/** Folders without input and output, clock or threads: they get nothing but the standard library, and not all of it. */
export const pureFolders = ['cpp/core', 'cpp/emulator'];
const effects = [
  'atomic',
  'condition_variable',
  'filesystem',
  'fstream',
  'future',
  'iostream',
  'mutex',
  'random',
  'thread',
];
export const isPure = (header) => /^[a-z_]+$/.test(header) && !effects.includes(header);

/** The service is handed its clock and its event loop: it may name a coroutine, never a thread, timer or socket. */
export const handedOver = {
  folder: 'cpp/server/service',
  refused:
    /^(thread|mutex|condition_variable|future|fstream|filesystem|unistd\.h|sys\/.*|boost\/asio\/(?!awaitable|this_coro).*)$/,
};
