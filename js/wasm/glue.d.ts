// The glue that Emscripten writes next to each binary, in dist/wasm/. It is built from bindings/*.cpp.
declare module '*/core.mjs' {
  const createModule: import('./instantiate.js').ModuleFactory<import('./core-module.js').CoreModule>;
  export default createModule;
}

declare module '*/webhooks.mjs' {
  const createModule: import('./instantiate.js').ModuleFactory<import('./webhooks-module.js').WebhooksModule>;
  export default createModule;
}

declare module '*/quote.mjs' {
  const createModule: import('./instantiate.js').ModuleFactory<import('./quote-module.js').QuoteModule>;
  export default createModule;
}

declare module '*/emulator.mjs' {
  const createModule: import('./instantiate.js').ModuleFactory<import('./emulator-module.js').EmulatorModule>;
  export default createModule;
}
