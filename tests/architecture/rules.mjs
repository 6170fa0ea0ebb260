// The picture of one direction as data: which folder may use which, and which folder is the only door to which library.
// Nothing points back; what is not listed is not allowed.

/** C++ folders; the longest match counts. A folder may use itself and what `uses` names. */
export const cppFolders = {
  'cpp/core': { uses: [] },
  'cpp/emulator': { uses: ['cpp/core'] },
  'cpp/server/base': { uses: ['cpp/core'] },
  // Its rooms: the engines, which run SQL and know their own tables; the SQL of each noun; and in the folder itself what
  // others see, and what puts the rooms together.
  'cpp/server/store/engines': { uses: ['cpp/core', 'cpp/server/base'] },
  'cpp/server/store/sql': {
    uses: ['cpp/core', 'cpp/server/base', 'cpp/server/store/engines'],
    interfacesOf: ['cpp/server/store'],
  },
  'cpp/server/store': { uses: ['cpp/core', 'cpp/server/base', 'cpp/server/store/engines', 'cpp/server/store/sql'] },
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
  // A service, a store and jobs of its own for each tenant, the environment's account among them.
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

/**
 * The emulator's rooms, from the lowest to the highest. A room may include and call itself and those before it. In
 * cpp/emulator itself, world.h holds the rows of all of them and may be included by code (not by headers); emulator.cpp,
 * jobs.cpp and routes.cpp put the rooms together.
 */
export const emulatorRooms = [
  'machine',
  'api',
  'webhooks',
  'organization',
  'catalog',
  'customers',
  'usage',
  'orders',
  'subscriptions',
  'checkouts',
  'pages',
  'conekta',
  'control',
];

/** Where a noun calls a higher one all the same, since Polar's own nouns do. Nothing else may. */
export const emulatorCallsUp = [
  // Who has an active subscription is given and loses what the catalog changes.
  { from: 'catalog', to: 'subscriptions', functions: ['IsActive'] },
  // A customer's state and portal show what the customer holds.
  {
    from: 'customers',
    to: 'subscriptions',
    functions: ['IsActive', 'IsBillable', 'RenderPortalSubscription', 'RenderStateSubscription'],
  },
  // A benefit may be credit on a meter, and what happens to customers and grants is told by events.
  {
    from: 'customers',
    to: 'usage',
    functions: ['AddSystemEvent', 'CreditMeter', 'RenderStateMeter', 'ResetMeter', 'WasResetAfter'],
  },
  // A new card is tried at once with what is past due.
  { from: 'customers', to: 'orders', functions: ['RetryPastDueOrders'] },
  { from: 'usage', to: 'subscriptions', functions: ['IsBillable'] },
  // An order of a subscription shows it, bills its usage, and makes it active by being paid.
  {
    from: 'orders',
    to: 'subscriptions',
    functions: ['DiscountOf', 'MarkActive', 'MeteredItems', 'RenderOrderSubscription', 'RenderSubscriptionBase'],
  },
];

/**
 * The service's rooms, one for each noun: which others each may use. What stands in cpp/server/service itself is for all
 * rooms and uses none of them, but for the front, which uses all and is used by none.
 */
export const serviceRooms = {
  caller: [],
  customers: ['caller'],
  products: ['caller'],
  usage: ['caller', 'mirror'],
  mirror: ['caller', 'customers'],
  providers: ['caller', 'customers', 'import', 'mirror'],
  checkouts: ['caller', 'customers', 'products', 'providers'],
  subscriptions: ['caller', 'mirror', 'products', 'providers'],
  billing_details: ['caller', 'customers', 'mirror', 'providers'],
  entitlements: ['caller', 'mirror', 'usage'],
  deliveries: ['caller', 'customers', 'mirror'],
  documents: ['caller', 'entitlements'],
  grants: ['caller'],
  import: ['customers', 'grants', 'mirror'],
};
export const serviceFront = ['service', 'router'];

/** What programs may import of Node's own. */
const ofNode = [
  'child_process',
  'crypto',
  'events',
  'fs',
  'http',
  'https',
  'module',
  'net',
  'os',
  'path',
  'url',
  'util',
].map((name) => `node:${name}`);

/** TypeScript folders and the packages each may import; the longest match counts. What a page loads knows no Node. */
export const scriptFolders = {
  js: { uses: [], packages: [] },
  // Programs for Node, without dependencies.
  'js/cli': { uses: ['js'], packages: ofNode },
  'js/plinto': { uses: ['js'], packages: ofNode },
  'js/testing/stack': { uses: ['js'], packages: ofNode },
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

/** The simulation has one time and one chance, both drawn from its seed. Its program alone counts real seconds. */
export const simulated = {
  folder: 'tests/sim',
  program: 'tests/sim/main.cpp',
  refused:
    /#include <(thread|mutex|random|ctime|boost\/asio\/(steady_timer|system_timer|thread_pool)[^>]*)>|system_clock|steady_clock|rand\(/,
};
