import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { readEnvironment } from '../../src/config/environment.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { Command } from '../../src/config/reading.ts';
import { Problem } from '../../src/domain/problems.ts';

const secret = Buffer.alloc(32, 7).toString('base64');
const serve = {
  CURFEW_ISSUER: 'https://login.example.com',
  CURFEW_DATABASE_URL: 'postgres://curfew:pw@db.example.com/curfew',
  CURFEW_SECRET: secret,
};

/** The message's lines. */
function faultsOf(env: NodeJS.ProcessEnv, command: Command): string[] {
  try {
    readEnvironment(env, command);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'environment_invalid');
    return error.message.split('\n');
  }
  return [];
}

describe('the environment', () => {
  it('has defaults under dev', () => {
    assert.deepEqual(readEnvironment({ PATH: '/bin' }, 'dev'), {
      host: '127.0.0.1',
      port: 3000,
      metricsHost: '127.0.0.1',
      databasePool: 10,
      databasePrepared: true,
      dataDirectory: resolve('.curfew'),
      logLevel: 'info',
    });
  });

  it('is read whole and frozen', () => {
    const environment = readEnvironment(
      {
        ...serve,
        CURFEW_HOST: '::',
        CURFEW_PORT: '8080',
        PORT: 'nonsense',
        CURFEW_MIGRATE_DATABASE_URL: 'postgresql://owner@db/curfew?sslmode=verify-full',
        CURFEW_DATABASE_POOL: '200',
        CURFEW_DATABASE_PREPARED: 'off',
        CURFEW_DATA_DIR: 'data',
        CURFEW_CONFIG: '/etc/curfew.yaml',
        CURFEW_TRUST_PROXY: '10.0.0.0/8, ::1',
        CURFEW_LOG_LEVEL: 'debug',
        CURFEW_METRICS_PORT: '9090',
        CURFEW_SMTP_URL: 'smtps://me:p%40ss@mail.example.com',
        CURFEW_MAIL_FROM: 'Example <login@example.com>',
      },
      'serve',
    );
    assert.deepEqual(environment, {
      issuer: 'https://login.example.com',
      host: '::',
      port: 8080,
      databaseUrl: serve.CURFEW_DATABASE_URL,
      migrateDatabaseUrl: 'postgresql://owner@db/curfew?sslmode=verify-full',
      databasePool: 200,
      databasePrepared: false,
      dataDirectory: resolve('data'),
      secrets: [Buffer.alloc(32, 7)],
      configPath: '/etc/curfew.yaml',
      trustProxy: ['10.0.0.0/8', '::1'],
      logLevel: 'debug',
      metricsPort: 9090,
      metricsHost: '127.0.0.1',
      smtpUrl: 'smtps://me:p%40ss@mail.example.com',
      mailFrom: 'Example <login@example.com>',
    } satisfies Environment);
    assert.ok(Object.isFrozen(environment));
  });

  const accepted: [env: NodeJS.ProcessEnv, command: Command, values: Partial<Environment>][] = [
    [serve, 'serve', { host: '0.0.0.0' }],
    [{ PORT: '80' }, 'dev', { port: 80 }],
    [{ CURFEW_PORT: '', PORT: '81' }, 'tool', { port: 81 }],
    [{ CURFEW_ISSUER: 'http://localhost:3000' }, 'dev', { issuer: 'http://localhost:3000' }],
    [{ CURFEW_ISSUER: 'https://127.8.8.8' }, 'dev', { issuer: 'https://127.8.8.8' }],
    [{ CURFEW_ISSUER: 'http://[::1]:4000' }, 'tool', { issuer: 'http://[::1]:4000' }],
    [{ CURFEW_ISSUER: 'https://login.example.com' }, 'tool', { issuer: 'https://login.example.com' }],
    [{ CURFEW_HOST: '[::1]' }, 'dev', { host: '::1' }],
    [{ CURFEW_TRUST_PROXY: '0' }, 'dev', { trustProxy: 0 }],
    [{ CURFEW_TRUST_PROXY: '2' }, 'dev', { trustProxy: 2 }],
    [{ CURFEW_TRUST_PROXY: '192.0.2.1' }, 'dev', { trustProxy: ['192.0.2.1'] }],
  ];
  for (const [env, command, values] of accepted) {
    it(`accepts ${JSON.stringify(env)} under ${command}`, () => {
      const environment: Environment = readEnvironment(env, command);
      assert.deepEqual({ ...environment, ...values }, environment);
    });
  }

  it('reads secrets in base64 and base64url, padded or not, in their order', () => {
    const secrets = [0xff, 0xfb, 0x3e].map((byte) => Buffer.alloc(33 + (byte % 3), byte));
    const [a, b, c] = secrets.map((bytes) => bytes.toString('base64'));
    for (const text of [
      `${a},${b},${c}`,
      ` ${a} , ${b} , ${c} `,
      secrets.map((bytes) => bytes.toString('base64url')).join(','),
    ]) {
      assert.deepEqual(readEnvironment({ CURFEW_SECRET: text }, 'dev').secrets, secrets);
    }
  });
});

describe('faults of the environment', () => {
  it('are all in one message', () => {
    const faults = faultsOf({ CURFEW_PORT: 'x', CURFEW_ISSUR: 'y', CURFEW_LOG_LEVEL: 'loud' }, 'serve');
    assert.deepEqual(faults, [
      'CURFEW_ISSUR: is not a variable that Curfew knows',
      'CURFEW_ISSUER: is missing',
      'CURFEW_PORT: must be a whole number from 1 to 65535',
      'CURFEW_DATABASE_URL: is missing',
      'CURFEW_SECRET: is missing',
      'CURFEW_LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent',
    ]);
  });

  type Refused = [env: NodeJS.ProcessEnv, command: Command, fault: RegExp];
  const refused: Refused[] = [
    [{ CURFEW_PORT: '0' }, 'dev', /^CURFEW_PORT: must be a whole number from 1 to 65535$/],
    [{ CURFEW_PORT: '65536' }, 'dev', /^CURFEW_PORT/],
    [{ CURFEW_PORT: ' 80' }, 'dev', /^CURFEW_PORT/],
    [{ CURFEW_PORT: '8e1' }, 'dev', /^CURFEW_PORT/],
    [{ PORT: '-1' }, 'dev', /^PORT: must be a whole number/],
    [{ CURFEW_HOST: '0.0.0.0' }, 'dev', /^CURFEW_HOST: must be localhost/],
    [{ CURFEW_HOST: 'http://localhost' }, 'tool', /^CURFEW_HOST: must be an IP address or a host name$/],
    [{ CURFEW_ISSUER: 'login.example.com' }, 'tool', /^CURFEW_ISSUER: must be a URL/],
    [{ CURFEW_ISSUER: 'https://login.example.com' }, 'dev', /^CURFEW_ISSUER: must be on localhost/],
    [{ CURFEW_ISSUER: 'http://localhost.example.com' }, 'dev', /^CURFEW_ISSUER: must be on localhost/],
    [{ CURFEW_ISSUER: 'http://login.example.com' }, 'tool', /^CURFEW_ISSUER: must be an https URL, or http/],
    [{ CURFEW_ISSUER: 'ftp://localhost' }, 'dev', /^CURFEW_ISSUER: must be an https URL, or http/],
    [{ ...serve, CURFEW_ISSUER: 'http://localhost' }, 'serve', /^CURFEW_ISSUER: must be an https URL$/],
    ...[
      'https://login.example.com/',
      'https://login.example.com/auth',
      'https://login.example.com?a',
      'https://login.example.com#',
      'https://login.example.com:443',
      'https://Login.example.com',
      'HTTPS://login.example.com',
      'https://me@login.example.com',
    ].map((issuer): [NodeJS.ProcessEnv, Command, RegExp] => [
      { ...serve, CURFEW_ISSUER: issuer },
      'serve',
      /^CURFEW_ISSUER: must be an origin as browsers write it/,
    ]),
    [{ CURFEW_DATABASE_URL: 'mysql://db/curfew' }, 'dev', /^CURFEW_DATABASE_URL: must be a URL such as/],
    [{ CURFEW_DATABASE_URL: 'postgres://me:a#b@db/curfew' }, 'dev', /^CURFEW_DATABASE_URL: must be a URL/],
    [{ CURFEW_MIGRATE_DATABASE_URL: 'db' }, 'dev', /^CURFEW_MIGRATE_DATABASE_URL: must be a URL/],
    [{ CURFEW_DATABASE_POOL: '0' }, 'dev', /^CURFEW_DATABASE_POOL: must be a whole number from 1 to 200$/],
    [{ CURFEW_DATABASE_POOL: '201' }, 'dev', /^CURFEW_DATABASE_POOL/],
    [{ CURFEW_DATABASE_PREPARED: 'maybe' }, 'dev', /^CURFEW_DATABASE_PREPARED: must be on or off$/],
    [{ CURFEW_SECRET: 'correct horse battery staple' }, 'dev', /^CURFEW_SECRET: must be base64/],
    [{ CURFEW_SECRET: `${secret},` }, 'dev', /^CURFEW_SECRET: must be base64/],
    [{ CURFEW_SECRET: `${secret}=` }, 'dev', /^CURFEW_SECRET: must be base64/],
    [{ CURFEW_SECRET: Buffer.alloc(31).toString('base64') }, 'dev', /^CURFEW_SECRET: .* at least 32 random/],
    [{ CURFEW_TRUST_PROXY: 'true' }, 'dev', /^CURFEW_TRUST_PROXY: must be a number of proxies/],
    [{ CURFEW_TRUST_PROXY: '33' }, 'dev', /^CURFEW_TRUST_PROXY: must be a whole number from 0 to 32$/],
    [{ CURFEW_TRUST_PROXY: '10.0.0.0/33' }, 'dev', /^CURFEW_TRUST_PROXY/],
    [{ CURFEW_TRUST_PROXY: '10.0.0.0/8,' }, 'dev', /^CURFEW_TRUST_PROXY/],
    [{ CURFEW_TRUST_PROXY: 'fe80::1%eth0' }, 'dev', /^CURFEW_TRUST_PROXY/],
    [{ CURFEW_METRICS_PORT: '3000' }, 'dev', /^CURFEW_METRICS_PORT: must differ from the port/],
    [{ CURFEW_MAIL_FROM: 'a@b.example' }, 'dev', /^CURFEW_SMTP_URL: goes with CURFEW_MAIL_FROM/],
    ...['mail', 'https://mail', 'smtp://', 'smtp://mail/#x'].map(
      (url): Refused => [
        { CURFEW_SMTP_URL: url, CURFEW_MAIL_FROM: 'a@b.example' },
        'dev',
        /^CURFEW_SMTP_URL: must be a URL such as/,
      ],
    ),
    ...['a', 'a@b@c', '<a@b.example>x', 'A <a b@c>', 'a@b.example, c@d.example'].map(
      (from): Refused => [
        { CURFEW_SMTP_URL: 'smtp://mail', CURFEW_MAIL_FROM: from },
        'dev',
        /^CURFEW_MAIL_FROM: must be an e-mail address/,
      ],
    ),
    [{ CURFEW_DATA_DIR: 'a\nb' }, 'dev', /^CURFEW_DATA_DIR: must be one line/],
    [{ CURFEW_ADMIN: 'x' }, 'dev', /^CURFEW_ADMIN: is not a variable/],
    [{ CURFEW_: '' }, 'dev', /^CURFEW_: is not a variable/],
    [{ CURFEW_PORT_FILE_FILE: 'x' }, 'dev', /^CURFEW_PORT_FILE_FILE: is not a variable/],
  ];
  for (const [env, command, fault] of refused) {
    it(`name ${JSON.stringify(env)} under ${command}`, () => {
      const faults = faultsOf(env, command);
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }

  it('repeat no value', () => {
    const names = ['ISSUER', 'DATABASE_URL', 'MIGRATE_DATABASE_URL', 'SECRET', 'SECRET_FILE', 'TRUST_PROXY'];
    const value = fc.string({ minLength: 12, maxLength: 60 }).filter((text) => /^[^\s]+$/.test(text));
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        value,
        fc.constantFrom<Command[]>('dev', 'serve', 'tool'),
        (name, text, command) => {
          assert.ok(
            !faultsOf({ [`CURFEW_${name}`]: text }, command)
              .join('\n')
              .includes(text),
          );
        },
      ),
    );
  });
});

describe('a variable from a file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'curfew-environment-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  for (const end of ['', '\n', '\r\n']) {
    it(`ends with ${JSON.stringify(end)} or not`, () => {
      const bytes = randomBytes(32);
      const path = write('secret', `${bytes.toString('base64')}${end}`);
      assert.deepEqual(readEnvironment({ CURFEW_SECRET_FILE: path }, 'dev').secrets, [bytes]);
    });
  }

  it('satisfies what serve requires', () => {
    const { CURFEW_DATABASE_URL: url, ...others } = serve;
    const path = write('url', url);
    assert.equal(readEnvironment({ ...others, CURFEW_DATABASE_URL_FILE: path }, 'serve').databaseUrl, url);
  });

  it('stands where the variable itself is empty', () => {
    const path = write('port', '4000\n');
    assert.equal(readEnvironment({ CURFEW_PORT: '', CURFEW_PORT_FILE: path, PORT: '5' }, 'dev').port, 4000);
  });

  it('is a fault beside the variable', () => {
    const env = { CURFEW_PORT: '4000', CURFEW_PORT_FILE: write('port', '4000') };
    assert.deepEqual(faultsOf(env, 'dev'), ['CURFEW_PORT: is given twice, as CURFEW_PORT_FILE too']);
  });

  it('is a fault where it cannot be read, is empty or is no single line', () => {
    const cases: [path: string, fault: string][] = [
      [join(folder, 'absent'), 'names a file that cannot be read (ENOENT)'],
      [folder, 'names a file that cannot be read (EISDIR)'],
      [write('empty', '\n'), 'names an empty file'],
      [write('lines', `${secret}\n\n`), 'must be one line without control characters'],
      [write('nul', `${secret}\0`), 'must be one line without control characters'],
    ];
    for (const [path, fault] of cases) {
      assert.deepEqual(faultsOf({ CURFEW_SECRET_FILE: path }, 'dev'), [`CURFEW_SECRET_FILE: ${fault}`]);
    }
  });
});
