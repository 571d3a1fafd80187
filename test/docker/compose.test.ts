import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { runToEnd } from './processes.ts';
import { compose, getService, readEnvironmentOf } from './read_compose.ts';
import type { ComposeService } from './read_compose.ts';
import { readDockerText, root } from './read_dockerfile.ts';

const services = Object.entries(compose.services);
const servers = ['server-1', 'server-2'];

function listConditions({ depends_on = {} }: ComposeService): Record<string, string> {
  return Object.fromEntries(Object.entries(depends_on).map(([name, { condition }]) => [name, condition]));
}

describe('compose.yaml', () => {
  it('has PostgreSQL, its roles, the migrations, two servers and a proxy', () => {
    const expected = ['migrate', 'postgres', 'proxy', 'roles', ...servers];
    assert.deepEqual(Object.keys(compose.services).toSorted(), expected.toSorted());
  });

  it('starts each when what it needs is there', () => {
    assert.deepEqual(listConditions(getService('roles')), { postgres: 'service_healthy' });
    assert.deepEqual(listConditions(getService('migrate')), { roles: 'service_completed_successfully' });
    for (const server of servers)
      assert.deepEqual(listConditions(getService(server)), { migrate: 'service_completed_successfully' });
    const both = Object.fromEntries(servers.map((server) => [server, 'service_healthy']));
    assert.deepEqual(listConditions(getService('proxy')), both);
    assert.ok(getService('postgres').healthcheck?.test?.includes('pg_isready'));
  });

  it('names every image by a tag that is a version', () => {
    const images = services.map(([, { image }]) => image).filter((image) => image !== 'curfew:local');
    for (const image of images) assert.match(image, /^[a-z]+:\d[\w.-]*$/);
    assert.equal(getService('postgres').image, 'postgres:18-bookworm');
  });

  it('keeps the data of PostgreSQL 18 where its image has them', () => {
    assert.deepEqual(getService('postgres').volumes, ['database:/var/lib/postgresql']);
  });

  it('hands out secrets as files alone, and to whom they concern', () => {
    for (const [name, { environment = {}, secrets = [] }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/secret|password|token|_url|key/i.test(variable)) continue;
        assert.match(variable, /_FILE$/, name);
        assert.ok(secrets.includes(value.replace('/run/secrets/', '')), `${name} lacks ${value}`);
      }
    }
    for (const server of servers)
      assert.deepEqual(getService(server).secrets, ['database_url', 'curfew_secret']);
    assert.deepEqual(getService('proxy').secrets, undefined);
  });

  it('has no secret in its text, nor has any file beside it', () => {
    for (const name of readdirSync(join(root, 'docker'), { withFileTypes: true })) {
      if (!name.isFile()) continue;
      const text = readDockerText(name.name);
      assert.doesNotMatch(text, /:\/\/[^\s/:@]+:(?!%s@)[^\s/@]+@/, name.name);
      assert.doesNotMatch(text, /[0-9a-f]{40}|[A-Za-z0-9+/]{42}={1,2}/, name.name);
    }
  });

  it('reads its secrets from a folder that git leaves out', () => {
    for (const [name, { file }] of Object.entries(compose.secrets)) assert.equal(file, `secrets/${name}`);
    assert.ok(readDockerText('.gitignore').split('\n').includes('secrets/'));
  });

  it('publishes the proxy alone, on loopback', () => {
    const published = services.filter(([, { ports }]) => ports).map(([name, { ports }]) => [name, ports]);
    assert.deepEqual(published, [['proxy', ['127.0.0.1:8443:8443']]]);
    assert.equal(compose.networks.database?.internal, true);
    assert.deepEqual(getService('postgres').networks, ['database']);
    assert.deepEqual(getService('proxy').networks, ['web']);
  });

  it('lets no program of ours write or hold a capability', () => {
    for (const name of ['migrate', ...servers]) {
      const { read_only, cap_drop, volumes } = getService(name);
      assert.deepEqual([read_only, cap_drop, volumes], [true, ['ALL'], undefined], name);
    }
  });

  it('mounts files that exist', () => {
    for (const [, { configs = [] }] of services) {
      for (const { source } of configs) assert.ok(readDockerText(compose.configs[source]?.file ?? ''));
    }
  });

  it('gives the proxy and the servers one issuer', () => {
    const [issuer, ...others] = ['proxy', ...servers].map((name) => readEnvironmentOf(name).CURFEW_ISSUER);
    assert.equal(issuer, 'https://localhost:8443');
    assert.deepEqual(others, [issuer, issuer]);
  });

  it('proxies to the servers that are ready', () => {
    const text = readDockerText('Caddyfile');
    assert.match(text, /^\{\$CURFEW_ISSUER\} \{$/m);
    assert.ok(text.includes(`reverse_proxy ${servers.map((server) => `${server}:3000`).join(' ')} {\n`));
    assert.match(text, /^\s*health_uri \/readyz$/m);
  });
});

describe('the configuration file beside compose.yaml', () => {
  it('is free of faults and warnings, and needs no secret', () => {
    const { warnings } = parseConfigurationFile(readDockerText('curfew.yaml'), { env: {} });
    assert.deepEqual(warnings, []);
  });
});

describe('make_secrets.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-test-'));
  const secrets = join(folder, 'docker/secrets');
  const read = (name: string) => readFileSync(join(secrets, name), 'utf8');
  const readAll = () => Object.fromEntries(readdirSync(secrets).map((name) => [name, read(name)]));

  async function make(): Promise<void> {
    const script = join(folder, 'docker/make_secrets.sh');
    const env = { PATH: process.env.PATH };
    const { code, output } = await runToEnd(['sh', script], { cwd: folder, env });
    assert.deepEqual([code, output], [0, '']);
  }

  before(async () => {
    mkdirSync(join(folder, 'docker'));
    cpSync(join(root, 'docker/make_secrets.sh'), join(folder, 'docker/make_secrets.sh'));
    await make();
  });

  after(() => rmSync(folder, { recursive: true }));

  it('makes every secret that compose.yaml names', () => {
    assert.deepEqual(readdirSync(secrets).toSorted(), Object.keys(compose.secrets).toSorted());
  });

  it('makes what the server takes', () => {
    const at = (name: string) => join(secrets, name);
    const { secrets: keys, databaseUrl } = readEnvironment(
      {
        CURFEW_ISSUER: 'https://localhost:8443',
        CURFEW_SECRET_FILE: at('curfew_secret'),
        CURFEW_DATABASE_URL_FILE: at('database_url'),
        CURFEW_MIGRATE_DATABASE_URL_FILE: at('migrate_database_url'),
      },
      'serve',
    );
    assert.equal(keys.length, 1);
    assert.equal(databaseUrl, `postgres://curfew:${read('server_password')}@postgres:5432/curfew`);
    assert.match(read('server_password'), /^[0-9a-f]{64}$/);
  });

  it('lets nobody else into the folder, and the containers read the files', () => {
    assert.equal(statSync(secrets).mode & 0o777, 0o700);
    for (const name of readdirSync(secrets)) assert.equal(statSync(join(secrets, name)).mode & 0o777, 0o644);
  });

  it('makes no two alike', () => {
    const made = Object.values(readAll());
    assert.equal(new Set(made).size, made.length);
  });

  it('leaves what is there', async () => {
    const made = readAll();
    await make();
    assert.deepEqual(readAll(), made);
  });

  it('makes what was removed anew, and the URL that holds it', async () => {
    const made = readAll();
    rmSync(join(secrets, 'owner_password'));
    await make();
    const changed = Object.entries(readAll()).filter(([name, text]) => made[name] !== text);
    assert.deepEqual(changed.map(([name]) => name).toSorted(), ['migrate_database_url', 'owner_password']);
    assert.ok(read('migrate_database_url').includes(read('owner_password')));
  });
});
