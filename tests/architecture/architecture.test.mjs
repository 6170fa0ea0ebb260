// Fails on an include or import that points against the picture of one direction, and shows that it can fail.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { checkCpp, checkScripts } from './check.mjs';
import { checkEmulator } from './emulator.mjs';
import { checkHeaders } from './headers.mjs';
import { serviceRooms } from './rules.mjs';
import { checkService, findCircle } from './service.mjs';
import { readSources } from './sources.mjs';

describe('the arrows of the sources', () => {
  it('point one way in C++', () => {
    const sources = readSources(root, ['cpp', 'bindings'], /\.(h|cpp)$/);

    assert.ok(sources.length > 50, `only ${sources.length} files were read`);
    assert.deepEqual(checkCpp(sources), []);
  });

  it('point down between the rooms of the emulator', () => {
    const sources = readSources(root, ['cpp/emulator'], /\.(h|cpp)$/);

    assert.ok(sources.length > 50, `only ${sources.length} files were read`);
    assert.deepEqual(checkEmulator(sources), []);
  });

  it('lead from room to room of the service as listed, and never in a circle', () => {
    const sources = readSources(root, ['cpp/server/service'], /\.(h|cpp)$/);

    assert.ok(sources.length > 50, `only ${sources.length} files were read`);
    assert.deepEqual(checkService(sources), []);
    assert.equal(findCircle(serviceRooms), undefined);
  });

  it('give a type of the core a name of its own', () => {
    // Two structs of one name in one namespace link without a word, and the codec's tables of one serve the other.
    const declared = readSources(root, ['cpp/core'], /\.h$/).flatMap(({ text }) =>
      [...text.matchAll(/^(?:struct|class) (\w+)(?: final)?(?: : [^{;]*)? \{/gm)].map(([, name]) => name),
    );

    assert.ok(declared.length > 50, `only ${declared.length} types were found`);
    assert.deepEqual(
      declared.filter((name, at) => declared.indexOf(name) !== at),
      [],
    );
  });

  it('wait in no conditional expression', () => {
    // g++ 12 destroys twice what such an expression has made: the program ends in free(), or worse.
    const waits = /[?:]\s+co_await\b/;
    const sources = readSources(root, ['cpp', 'tests/cpp', 'tests/sim'], /\.(h|cpp)$/);

    assert.ok(waits.test('auto a = b ? c : co_await d();') && waits.test('auto a = b ?\n  co_await d() : c;'));
    assert.deepEqual(
      sources.filter(({ text }) => waits.test(text)).map(({ path }) => path),
      [],
    );
  });

  it('point one way in TypeScript', () => {
    const sources = readSources(root, ['js', 'components'], /\.tsx?$/);

    assert.ok(sources.length > 10, `only ${sources.length} files were read`);
    assert.deepEqual(checkScripts(sources), []);
  });
});

describe('the headers of the core', () => {
  it('say what they are for, and how their functions fail', () => {
    const headers = readSources(root, ['cpp/core'], /\.h$/);

    assert.ok(headers.length > 50, `only ${headers.length} headers were read`);
    assert.deepEqual(checkHeaders(headers), []);
  });

  const good = '// Reads a thing from its text, as others write it.\n#pragma once\n';
  const reads = '[[nodiscard]] Result<Thing> ReadThing(std::string_view text);\n';
  const tooLittle = [
    ['without a comment', '#pragma once\n'],
    ['with a name for a sentence', '// Discounts.\n#pragma once\n'],
    ['that breaks off', '// Reads a thing from its text, and then\n#pragma once\n'],
    ['whose functions fail in silence', good + reads],
  ];
  for (const [what, text] of tooLittle) {
    it(`are refused ${what}`, () => {
      assert.equal(checkHeaders([{ path: 'cpp/core/bad.h', text }]).length, 1);
    });
  }

  it('pass with a purpose and errors', () => {
    const text = `${good}/// Errors: VALIDATION_FAILED.\n${reads}`;
    assert.deepEqual(checkHeaders([{ path: 'cpp/core/good.h', text }]), []);
  });
});

describe('the check itself', () => {
  const interfaces = [
    { path: 'cpp/core/model.h', text: '#include <string>' },
    { path: 'cpp/server/store/store.h', text: 'class Store { virtual void Put() = 0; };' },
    { path: 'cpp/server/store/sqlite_store.h', text: 'class SqliteStore final : public Store {};' },
    { path: 'cpp/server/http/listener.h', text: '' },
  ];
  const cpp = (path, text) => checkCpp([...interfaces, { path, text }]);

  it('lets the arrows of the picture pass', () => {
    assert.deepEqual(cpp('cpp/server/service/checkout.cpp', '#include "server/store/store.h"\n#include <string>'), []);
    assert.deepEqual(cpp('cpp/server/main.cpp', '#include "server/store/sqlite_store.h"'), []);
    assert.deepEqual(cpp('cpp/core/other.h', '#include "model.h"\n#include "core/model.h"'), []);
    assert.deepEqual(
      checkScripts([{ path: 'components/Button.tsx', text: "import { a } from '../js/index.js';" }]),
      [],
    );
  });

  const bad = [
    ['the core that includes the server', 'cpp/core/bad.cpp', '#include "server/store/store.h"'],
    ['the core with a clock of its own', 'cpp/core/bad.cpp', '#include <thread>'],
    ['the core with a library', 'cpp/core/bad.cpp', '#include <boost/asio.hpp>'],
    ['the JSON library outside its door', 'cpp/core/bad.cpp', '#include <nlohmann/json.hpp>'],
    [
      'the service that includes an implementation',
      'cpp/server/service/bad.cpp',
      '#include "server/store/sqlite_store.h"',
    ],
    ['the service that includes HTTP', 'cpp/server/service/bad.cpp', '#include "server/http/listener.h"'],
    ['the service with a timer', 'cpp/server/service/bad.cpp', '#include <boost/asio/steady_timer.hpp>'],
    ['HTTP that includes the store', 'cpp/server/http/bad.cpp', '#include "server/store/store.h"'],
    ['the emulator that includes the server', 'cpp/emulator/bad.cpp', '#include "server/store/store.h"'],
    ['SQLite outside the store', 'cpp/server/http/bad.cpp', '#include <sqlite3.h>'],
    ['Emscripten outside the bindings', 'cpp/core/bad.cpp', '#include <emscripten/bind.h>'],
    ['an include that leads nowhere', 'cpp/core/bad.cpp', '#include "core/gone.h"'],
    ['a file outside every folder', 'cpp/stray.cpp', ''],
  ];
  for (const [what, path, text] of bad) {
    it(`refuses ${what}`, () => {
      assert.equal(cpp(path, text).length, 1);
    });
  }

  const rooms = [
    { path: 'cpp/emulator/world.h', text: '' },
    { path: 'cpp/emulator/routes.h', text: '' },
    { path: 'cpp/emulator/catalog/prices.h', text: 'struct Price {};' },
    { path: 'cpp/emulator/customers/cards.h', text: '[[nodiscard]] Json RenderCard(const Card& card);' },
    { path: 'cpp/emulator/pages/pages.h', text: '' },
  ];
  const emulator = (path, text) => checkEmulator([...rooms, { path, text }]);

  it('lets the arrows between the rooms of the emulator pass', () => {
    const text = '#include "emulator/catalog/prices.h"\n#include "emulator/world.h"\n// SaveCard()\n';
    assert.deepEqual(emulator('cpp/emulator/customers/good.cpp', text), []);
    assert.deepEqual(emulator('cpp/emulator/orders/good.cpp', 'auto json = RenderCard(card);'), []);
    assert.deepEqual(emulator('cpp/emulator/jobs.cpp', '#include "emulator/pages/pages.h"'), []);
  });

  const badRooms = [
    ['an API that includes a noun', 'api/bad.cpp', '#include "emulator/catalog/prices.h"'],
    ['a noun that includes a higher one', 'catalog/bad.cpp', '#include "emulator/customers/cards.h"'],
    ['a noun that calls a higher one through the world', 'catalog/bad.cpp', 'auto json = RenderCard(card);'],
    ['a noun that hands on what a higher one does', 'catalog/bad.cpp', 'Each(RenderCard);'],
    ['a noun that includes pages', 'orders/bad.cpp', '#include "emulator/pages/pages.h"'],
    ["a noun's header that includes the world", 'orders/bad.h', '#include "emulator/world.h"'],
    ['a noun that includes all routes', 'orders/bad.cpp', '#include "emulator/routes.h"'],
    ['a room without a place', 'cellar/bad.cpp', ''],
  ];
  for (const [what, name, text] of badRooms) {
    it(`refuses in the emulator ${what}`, () => {
      assert.equal(emulator(`cpp/emulator/${name}`, text).length, 1);
    });
  }

  const badServiceRooms = [
    ['a room that includes one it may not use', 'usage/bad.cpp', '#include "server/service/customers/customers.h"'],
    ['a room that includes the front', 'usage/bad.cpp', '#include "server/service/service.h"'],
    ['what all rooms share that includes one', 'bad.h', '#include "server/service/mirror/mirror.h"'],
    ['a room without a place', 'cellar/bad.cpp', ''],
  ];
  for (const [what, name, text] of badServiceRooms) {
    it(`refuses in the service ${what}`, () => {
      const service = readSources(root, ['cpp/server/service'], /\.(h|cpp)$/);
      assert.equal(checkService([...service, { path: `cpp/server/service/${name}`, text }]).length, 1);
    });
  }

  it('finds a circle of rooms', () => {
    assert.deepEqual(findCircle({ a: ['b'], b: ['c'], c: ['a'] }), ['a', 'b', 'c', 'a']);
    assert.equal(findCircle({ a: ['b', 'c'], b: ['c'], c: [] }), undefined);
  });

  const badImports = [
    ['js that imports a component', 'js/bad.ts', "export { a } from '../components/index.js';"],
    ['React outside the components', 'js/bad.ts', "import { useState } from 'react';"],
    ['a dynamic import of Node', 'js/bad.ts', "await import('node:fs');"],
    ['a component with a package of its own', 'components/bad.tsx', "import clsx from 'clsx';"],
  ];
  for (const [what, path, text] of badImports) {
    it(`refuses ${what}`, () => {
      assert.equal(checkScripts([{ path, text }]).length, 1);
    });
  }
});
