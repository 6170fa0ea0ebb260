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

declare module '*/usage.mjs' {
  const createModule: import('./instantiate.js').ModuleFactory<import('./usage-module.js').UsageExports>;
  export default createModule;
}

declare module '*/emulator.mjs' {
  const createModule: import('./instantiate.js').ModuleFactory<import('./emulator-module.js').EmulatorModule>;
  export default createModule;
}

/** The binary in base64 (scripts/lib/package.mjs). */
declare module '*.inline.mjs' {
  const base64: string;
  export default base64;
}

declare module '*.wasm' {
  const module: import('./instantiate.js').WasmSource;
  export default module;
}

declare module '*.wasm?module' {
  const module: import('./instantiate.js').WasmSource;
  export default module;
}
