import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { listImports, listTokens, readTree } from './source_text.test.ts';
import type { Specifier, Tree } from './source_text.test.ts';

const pages = ['domain', 'policy', 'store', 'operations', 'delivery', 'reports', 'http'];

/** What each folder of `src` may import beside itself. */
const arrows: Record<string, readonly string[]> = {
  domain: [],
  config: ['domain'],
  policy: ['domain'],
  credentials: ['domain'],
  store: ['domain'],
  events: ['domain', 'credentials', 'store'],
  controls: ['domain'],
  operations: ['domain', 'policy', 'credentials', 'store', 'events'],
  delivery: ['domain', 'credentials', 'store', 'events'],
  reports: ['domain', 'policy', 'store', 'events', 'controls', 'views'],
  jobs: ['domain', 'policy', 'store', 'events', 'operations', 'delivery', 'reports', 'controls'],
  provider: ['config', 'domain', 'policy', 'credentials', 'store', 'events', 'operations', 'views'],
  http: ['config', 'domain', 'views'],
  interactions: ['domain', 'policy', 'operations', 'http', 'provider', 'views'],
  session: [...pages, 'views'],
  account: [...pages, 'views'],
  passwords: [...pages, 'views'],
  ssf: pages,
  admin: [...pages, 'config', 'views'],
};
const rooms = Object.keys(arrows);
arrows.dev = [...rooms, 'examples'];
arrows.wiring = rooms;
const builders = ['cli', 'app.ts', 'main.ts', 'main.js', 'bin.js'];
for (const builder of builders) arrows[builder] = [...rooms, 'wiring', ...builders, 'examples'];

/** The seeded company and the embedded database stay out of production. */
const mayImportDev = (path: string) => /^src\/cli\/(dev|embedded_database)\.ts$/.test(path);

/** Packages that one room of `src` keeps to itself. */
const keptPackages: Record<string, readonly string[]> = {
  knex: ['store'],
  pg: ['store', 'dev'],
  'pg-copy-streams': ['store'],
  'oidc-provider': ['provider'],
  '@simplewebauthn': ['credentials'],
};

const impureNames = new Set(
  (
    'Date process setTimeout setInterval setImmediate queueMicrotask fetch async await Promise performance ' +
    'globalThis global crypto require eval console'
  ).split(' '),
);

/** Every import that points where it must not, and everything in `policy/` that is not pure. */
export function listArrowFaults(files: Tree): string[] {
  const faults: string[] = [];
  for (const [path, source] of files) {
    if (!/\.(ts|js|mjs)$/.test(path)) continue;
    const specifiers = listImports(source);
    const complain = (fault: string) => faults.push(`${path} ${fault}`);
    if (path.startsWith('src/')) checkRoom(path, specifiers, complain);
    if (path.startsWith('src/policy/')) checkPurity(path, source, specifiers, complain);
    if (path.startsWith('views/')) checkApart(path, specifiers, ['views'], complain);
    if (path.startsWith('examples/')) checkApart(path, specifiers, ['examples'], complain);
    if (path.startsWith(controlFolder)) checkControl(path, source, specifiers, complain);
    if (path.startsWith(modelFolder)) checkIndependence(path, specifiers, complain);
    if (/^(src|views)\//.test(path)) checkPackages(path, specifiers, complain);
  }
  return faults;
}

/** The model of the gate is a second opinion: it takes nothing from anywhere, least of all from `src`. */
const modelFolder = 'test/model/gate/';

function checkIndependence(path: string, specifiers: readonly Specifier[], complain: Complain): void {
  for (const specifier of specifiers) {
    const isOwn = specifier?.startsWith('.') && resolve(path, specifier).startsWith(modelFolder);
    if (!isOwn) complain(`imports ${specifier}, but the model has only itself`);
  }
}

/** The detective control is a second opinion too: of `src` it knows plain types and names, and its SQL is its own. */
const controlFolder = 'src/controls/';

function checkControl(
  path: string,
  source: string,
  specifiers: readonly Specifier[],
  complain: Complain,
): void {
  for (const specifier of specifiers) {
    const target = specifier?.startsWith('.') ? resolve(path, specifier) : '';
    if (!/^src\/(controls\/|domain\/(control_findings|policies)\.ts$)/.test(target))
      complain(`imports ${specifier}, but the control shares nothing with what it controls`);
  }
  for (const name of databaseFunctions)
    if (new RegExp(`\\b${name}\\b`).test(source))
      complain(`calls ${name}, but the control shares nothing with what it controls`);
}

/** All of the schema's own but the clock. */
const databaseFunctions = [
  ...(readTree(['migrations']).get('migrations/schema.sql') ?? '').matchAll(/FUNCTION public\.(\w+)/g),
].flatMap(([, name = '']) => (name === 'curfew_now' ? [] : [name]));

type Complain = (fault: string) => void;

function checkRoom(path: string, specifiers: readonly Specifier[], complain: Complain): void {
  const room = roomOf(path);
  const allowed = arrows[room];
  if (!allowed) return complain('is in a folder that the table of arrows does not know');
  for (const specifier of specifiers) {
    if (specifier === undefined) {
      if (room !== 'dev') complain('imports a computed path');
      continue;
    }
    if (isDetour(specifier)) complain(`imports ${specifier}, which is neither relative nor a package`);
    if (!specifier.startsWith('.')) continue;
    const target = resolve(path, specifier);
    const targetRoom = roomOf(target);
    if (targetRoom === room || allowed.includes(targetRoom) || target === 'package.json') continue;
    if (targetRoom === 'dev' && mayImportDev(path)) continue;
    complain(`imports ${target}, but ${room} may not import ${targetRoom}`);
  }
}

function checkPurity(
  path: string,
  source: string,
  specifiers: readonly Specifier[],
  complain: Complain,
): void {
  for (const specifier of specifiers) {
    const target = specifier?.startsWith('.') ? resolve(path, specifier) : '';
    if (!/^src\/(policy|domain)\//.test(target)) complain(`imports ${specifier}, but policy is pure`);
  }
  const tokens = listTokens(source);
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') return;
    const isMathBeside = tokens[at + 1]?.text === '.' && tokens[at + 2]?.text !== 'random';
    if (impureNames.has(token.text) || (token.text === 'Math' && !isMathBeside)) {
      complain(`says ${token.text}, but policy is pure`);
    }
  });
}

/** These import packages and each other, nothing else of the repository. */
function checkApart(
  path: string,
  specifiers: readonly Specifier[],
  allowed: readonly string[],
  complain: Complain,
): void {
  for (const specifier of specifiers) {
    if (specifier === undefined) continue;
    const isInside = !specifier.startsWith('.') || allowed.includes(roomOf(resolve(path, specifier)));
    if (!isInside || isDetour(specifier)) complain(`imports ${specifier}, but stands apart`);
  }
}

function checkPackages(path: string, specifiers: readonly Specifier[], complain: Complain): void {
  for (const specifier of specifiers) {
    const name = /^[^/]+/.exec(specifier ?? '')?.[0] ?? '';
    const keepers = Object.hasOwn(keptPackages, name) ? keptPackages[name] : undefined;
    if (keepers && !keepers.includes(roomOf(path)))
      complain(`imports ${name}, which only ${keepers.join(', ')} may`);
  }
}

/** A way to a file of this repository that does not say where it leads. */
const isDetour = (specifier: string) => /^([#/]|file:|curfew(\/|$))/.test(specifier);

const resolve = (path: string, specifier: string) => posix.join(posix.dirname(path), specifier);

/** `store` of `src/store/a.ts`, `app.ts` of `src/app.ts`, `views` of `views/a.ts`. */
function roomOf(path: string): string {
  const [top = '', room = ''] = path.split('/');
  return top === 'src' ? room : top;
}

describe('arrows between folders', () => {
  it('point only as the table says, and policy is pure', () => {
    assert.deepEqual(listArrowFaults(readTree(['src', 'views', 'examples', 'test/model'])), []);
  });

  it('are read from src and the model as they are', () => {
    assert.ok(readTree(['test/model']).has(`${modelFolder}refresh.ts`));
    const present = new Set([...readTree(['src']).keys()].map(roomOf));
    assert.ok(present.has('policy') && present.has('store'));
  });
});

describe('the checker of arrows', () => {
  const refused: [path: string, source: string, fault: RegExp][] = [
    ['src/domain/a.ts', "import '../policy/b.ts'", /domain may not import policy/],
    ['src/policy/a.ts', "import type { B } from '../store/b.ts'", /policy may not import store/],
    ['src/store/a.ts', "export { b } from '../events/b.ts'", /store may not import events/],
    ['src/operations/a.ts', "await import('../delivery/b.ts')", /operations may not import delivery/],
    ['src/http/a.ts', "import { b } from '../store/b.ts'", /http may not import store/],
    ['src/interactions/a.ts', "import { b } from '../store/b.ts'", /interactions may not import store/],
    ['src/session/a.ts', "import { b } from '../provider/b.ts'", /session may not import provider/],
    [
      'src/admin/api/clients/list.ts',
      "import { b } from '../../../events/b.ts'",
      /admin may not import events/,
    ],
    ['src/provider/a.ts', "import { b } from '../http/b.ts'", /provider may not import http/],
    ['src/ssf/a.ts', "import { b } from '../../views/b.ts'", /ssf may not import views/],
    ['src/app.ts', "import { b } from '../views/b.ts'", /app\.ts may not import views/],
    ['src/cli/serve.ts', "import { b } from '../dev/b.ts'", /cli may not import dev/],
    ['src/app.ts', "import { b } from './dev/b.ts'", /app\.ts may not import dev/],
    ['src/dev/a.ts', "import { b } from '../cli/b.ts'", /dev may not import cli/],
    ['src/jobs/a.ts', "import { b } from '../app.ts'", /jobs may not import app\.ts/],
    ['src/store/a.ts', "import { b } from '../../test/support/b.ts'", /store may not import test/],
    ['src/misc/a.ts', '', /folder that the table of arrows does not know/],
    ['src/other.ts', '', /folder that the table of arrows does not know/],
    ['src/store/a.ts', 'await import(name)', /computed path/],
    ['src/store/a.ts', "import '#b'", /neither relative nor a package/],
    ['src/events/a.ts', "import type { Knex } from 'knex'", /imports knex/],
    ['src/events/a.ts', "import pg from 'pg'", /imports pg/],
    ['src/dev/a.ts', "import 'knex/knex.js'", /imports knex/],
    ['views/a.ts', "import pg from 'pg'", /imports pg/],
    ['src/app.ts', "import { Provider } from 'oidc-provider'", /imports oidc-provider/],
    ['views/a.ts', "import type { B } from '../src/domain/b.ts'", /stands apart/],
    ['views/partials/a.ts', "import { b } from '../../examples/b.ts'", /stands apart/],
    ['examples/web/a.ts', "import { b } from '../../src/domain/b.ts'", /stands apart/],
    ['examples/web/a.js', "import { b } from '../../views/b.ts'", /stands apart/],
    ['examples/web/a.ts', "import 'curfew/src/app.ts'", /stands apart/],
    ['test/model/gate/a.ts', "import { b } from '../../../src/policy/b.ts'", /the model has only itself/],
    ['test/model/gate/a.ts', "import { b } from '../server/b.ts'", /the model has only itself/],
    ['test/model/gate/a.ts', "import fc from 'fast-check'", /the model has only itself/],
    ['src/controls/a.ts', "import type { B } from '../store/b.ts'", /shares nothing with what it controls/],
    ['src/controls/a.ts', "import { b } from '../policy/b.ts'", /shares nothing with what it controls/],
    [
      'src/controls/a.ts',
      "import { b } from '../domain/instants.ts'",
      /shares nothing with what it controls/,
    ],
    ['src/controls/a.ts', 'const text = `select refresh_commit($1)`', /calls refresh_commit/],
    ['src/policy/a.ts', "import { z } from 'zod'", /imports zod, but policy is pure/],
    [
      'src/policy/a.ts',
      "import { createHash } from 'node:crypto'",
      /imports node:crypto, but policy is pure/,
    ],
    ['src/policy/a.ts', 'const now = Date.now()', /says Date/],
    ['src/policy/a.ts', 'Math.random()', /says Math/],
    ['src/policy/a.ts', 'const { random } = Math', /says Math/],
    ['src/policy/a.ts', 'process.env.A', /says process/],
    ['src/policy/a.ts', 'setTimeout(end, 1)', /says setTimeout/],
    ['src/policy/a.ts', 'fetch(url)', /says fetch/],
    ['src/policy/a.ts', 'export async function a() {}', /says async/],
    ['src/policy/a.ts', 'await a', /says await/],
    ['src/policy/a.ts', 'export type A = Promise<void>', /says Promise/],
    ['src/policy/a.ts', 'const text = `${performance.now()}`', /says performance/],
    ['src/policy/a.ts', "globalThis['Da' + 'te']", /says globalThis/],
  ];
  for (const [path, source, fault] of refused) {
    it(`refuses ${JSON.stringify(source)} in ${path}`, () => {
      const faults = listArrowFaults(new Map([[path, source]]));
      assert.match(faults.join('\n'), fault);
    });
  }

  const accepted: [path: string, source: string][] = [
    ['src/policy/a.ts', "import { b } from './b.ts'; import type { C } from '../domain/c.ts'"],
    [
      'src/policy/a.ts',
      '/** No Date, no await. */ export const a = (f: F) => Math.min(f.process, 1) || "fetch"',
    ],
    ['src/store/a.ts', "import pg from 'pg'; import { readFile } from 'node:fs/promises'"],
    ['src/dev/a.ts', "import pg from 'pg'; import { b } from '../jobs/b.ts'; await import(platform)"],
    [
      'src/provider/a.ts',
      "import { Provider } from 'oidc-provider'; import { page } from '../../views/page.ts'",
    ],
    ['src/cli/dev.ts', "import { b } from '../dev/b.ts'; import { buildApp } from '../app.ts'"],
    ['src/cli/embedded_database.ts', "import { b } from '../dev/b.ts'"],
    ['src/cli/version.ts', "import about from '../../package.json' with { type: 'json' }"],
    ['src/admin/console/a.ts', "import { b } from '../api/b.ts'; import { c } from '../../../views/c.ts'"],
    [
      'src/controls/a.ts',
      "import { b } from './b.ts'; import { builtInDefaultPolicy } from '../domain/policies.ts'",
    ],
    ['src/main.ts', "import { b } from './cli/b.ts'"],
    ['views/partials/a.ts', "import { html } from '../html.ts'; import toCode from 'qrcode'"],
    ['examples/web/a.ts', "import { b } from './b.ts'; import * as client from 'openid-client'"],
    ['test/model/gate/a.ts', "import { b } from './b.ts'"],
    ['test/model/server/a.ts', "import { b } from '../gate/b.ts'; import { c } from '../../../src/c.ts'"],
    ['test/store/a.test.ts', "import pg from 'pg'; import { b } from '../../src/dev/b.ts'"],
  ];
  for (const [path, source] of accepted) {
    it(`accepts ${JSON.stringify(source)} in ${path}`, () => {
      assert.deepEqual(listArrowFaults(new Map([[path, source]])), []);
    });
  }
});
