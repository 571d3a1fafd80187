import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { Problem } from '../../src/domain/problems.ts';
import { faultsOf, parse } from './parsing.test.ts';

const example = readFileSync(new URL('example.yaml', import.meta.url), 'utf8');
/** Without a password, which costs time to digest. */
const quick = example.replace(', password_env: ADA_PASSWORD', '');

describe('keys that every object inherits', () => {
  it('are names like any other, or faults, and change no prototype', () => {
    const file = parse(
      'roles: { constructor: { policy: toString }, hasOwnProperty: {} }\nscopes: { __proto__: { description: A } }',
    );
    assert.deepEqual([...(file.roles?.keys() ?? [])], ['constructor', 'hasOwnProperty']);
    assert.deepEqual(file.scopes?.get('__proto__'), { name: '__proto__', description: 'A' });
    assert.equal(({} as Record<string, unknown>).description, undefined);
  });

  it('set nothing where they are no names', () => {
    const faults = faultsOf(`
__proto__: { roles: {} }
constructor: {}
policies: { __proto__: { refresh_idle: 1s }, a: { __proto__: { mfa: none }, constructor: 1 } }
clients: [{ client_id: a, redirect_uris: ['https://a.example'], __proto__: { trusted: true } }]
`);
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]),
      [
        '__proto__',
        'constructor',
        'policies.__proto__',
        'policies.a.__proto__',
        'policies.a.constructor',
        'clients[0] (a).__proto__',
      ],
    );
    assert.equal(({} as Record<string, unknown>).trusted, undefined);
  });
});

describe('secrets', () => {
  // No letters that messages are made of, and never a name: a name that nothing has is repeated.
  const letters = fc.constantFrom('§', '¤', 'µ', 'ß', 'ð', '0', '8', '9');
  const secret = fc.string({ unit: letters, minLength: 8, maxLength: 40 }).map((text) => `§${text}`);
  const env = (text: string) => ({ SHOP_SECRET: text, ADA_PASSWORD: text });

  /** The file's message, or everything of the result but the values that are meant to hold passwords. */
  function told(text: string, environment: NodeJS.ProcessEnv): string {
    try {
      const { warnings, unresolved, digest, clients } = parseConfigurationFile(text, {
        env: environment,
        path: 'f',
      });
      return JSON.stringify([warnings, unresolved, digest, [...(clients ?? [])]]);
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      return error.message;
    }
  }

  it('of the environment are in no message', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('mfa: step_up', 'policy: member', 'client_id: shop', 'roles: [admin]'),
        (text, gone) => {
          assert.ok(!told(example, env(text)).includes(text));
          assert.ok(!told(example.replace(gone, 'wrong: 1'), env(text)).includes(text));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('written into the file by mistake, wherever a value may stand, are in no message', () => {
    const values = [...example.matchAll(/: ([^\s{}[\],#]+)/g)].map(({ index, 0: match }) => ({
      index,
      match,
    }));
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom(...values),
        fc.constantFrom('', '"', "'"),
        (text, { index, match }, quote) => {
          const spoiled = `${example.slice(0, index)}: ${quote}${text}${quote}${example.slice(index + match.length)}`;
          assert.ok(!told(spoiled, env('a secret of the environment')).includes(text));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('under keys that do not exist, or beside broken syntax, are in no message', () => {
    fc.assert(
      fc.property(secret, (text) => {
        for (const line of [
          `    client_secret: ${text}`,
          `    client_secret_env: ${text}`,
          `    jwks: { keys: [{ kty: oct, k: ${text} }] }`,
          `    client_secret: "a" ${text}`,
          `    client_secret: *${text}`,
          `    client_secret: !${text} a`,
          `    - ${text}`,
          `\t${text}`,
        ]) {
          const spoiled = example.replace('    client_secret_env: SHOP_SECRET', line);
          assert.ok(!told(spoiled, env('a secret of the environment')).includes(text), line);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('any text', () => {
  it('is a file or a problem, never another error', () => {
    const fragment = fc.constantFrom(
      ...`{ } [ ] : , - # & * ! | > ' " % @ ? ~ << policies clients a 1 __proto__`.split(' '),
      ' ',
      '\n',
      '\n  ',
      '\t',
      '\0',
    );
    const spoiled = fc
      .tuple(fc.nat(quick.length), fc.nat(40), fc.string({ unit: fragment, maxLength: 10 }))
      .map(([at, length, text]) => quick.slice(0, at) + text + quick.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: fragment, maxLength: 60 }), spoiled), (text) => {
        faultsOf(text);
      }),
      { numRuns: 200 },
    );
  });

  it('as any value is a file or a problem, never another error', () => {
    const keys = ['policies', 'roles', 'scopes', 'resources', 'clients', 'users', 'branding'];
    const entry = fc.dictionary(
      fc.constantFrom(
        'a',
        'client_id',
        'policy',
        'scope',
        'roles',
        'scopes',
        'username',
        'jwks',
        '__proto__',
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const section = fc.oneof(fc.jsonValue(), fc.array(entry), fc.dictionary(fc.string(), entry));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), section), (file) => {
        faultsOf(file);
      }),
      { numRuns: 100 },
    );
  });
});
