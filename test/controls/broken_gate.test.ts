import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { plantBug } from '../model/plant_bug.ts';
import { ada, api, exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import { asOwner } from '../support/owner.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { brokenGates, commit } from './broken_gates.ts';
import type { BrokenGate } from './broken_gates.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = ['src', 'views', 'migrations', 'test/support', 'package.json'];
const minute = 60;
const period = 5 * minute;
const offline = { scope: 'openid offline_access', prompt: 'consent' };

/** What a test needs of a checkout. */
async function load(checkout: string) {
  const from = async <Module>(file: string) =>
    (await import(pathToFileURL(join(checkout, file)).href)) as Module;
  return {
    ...(await from<typeof import('../support/server.ts')>('test/support/server.ts')),
    ...(await from<typeof import('../../src/http/metrics/create_metrics.ts')>(
      'src/http/metrics/create_metrics.ts',
    )),
    ...(await from<typeof import('../../src/operations/end_session.ts')>('src/operations/end_session.ts')),
    ...(await from<typeof import('../../src/operations/set_roles.ts')>('src/operations/set_roles.ts')),
    ...(await from<typeof import('../../src/store/accounts.ts')>('src/store/accounts.ts')),
    ...(await from<typeof import('../../src/store/configuration.ts')>('src/store/configuration.ts')),
    ...(await from<typeof import('../../src/operations/sweep.ts')>('src/operations/sweep.ts')),
    ...(await from<typeof import('../../src/jobs/detect_overdue.ts')>('src/jobs/detect_overdue.ts')),
  };
}
type Checkout = Awaited<ReturnType<typeof load>>;

interface Scene {
  server: TestServer;
  code: Checkout;
  party: RelyingParty;
  /** The answer to a refresh, and the token to go on with. */
  refresh(tokens: Tokens): Promise<{ status: number; tokens: Tokens }>;
}

/** Real sign-ins and refreshes. Returns whether the gate let through what it should not. */
const acts: Record<BrokenGate['act'], (scene: Scene) => Promise<boolean>> = {
  async leave({ server, party, refresh }) {
    await party.signIn(ada);
    const kept = await party.signIn(ada, offline);
    await server.clock.advance(61 * minute);
    return (await refresh(kept)).status === 200;
  },
  async 'keep alive'({ server, party, refresh }) {
    let answer = { status: 200, tokens: await party.signIn(ada, offline) };
    for (let round = 0; round < 7 && answer.status === 200; round += 1) {
      await server.clock.advance(20 * minute);
      answer = await refresh(answer.tokens);
    }
    return answer.status === 200;
  },
  async 'end the session'({ server, code, party, refresh }) {
    const { database } = server;
    const tokens = await party.signIn(ada);
    const session = await sqlOne<{ sessionId: string; accountId: string }>(
      database,
      `select session_id as "sessionId", account_id as "accountId" from sessions
       where ended_at is null and account_id is not null order by last_activity_at desc limit 1`,
    );
    await database.transaction(async (tx) => {
      const configuration = await code.loadConfiguration(tx);
      const origin = { actor: 'test' };
      await code.endSession(tx, configuration, session, 'ended_by_operator', origin);
    });
    await server.clock.advance(5);
    return (await refresh(tokens)).status === 200;
  },
  async revoke({ server, party, refresh }) {
    const tokens = await party.signIn(ada, offline);
    const { revocation_endpoint: endpoint = '' } = party.config.serverMetadata();
    const authorization = `Basic ${Buffer.from(`${shop.clientId}:${shop.secret}`).toString('base64')}`;
    const revoked = await fetch(endpoint, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ token: tokens.refresh_token ?? '' }),
    });
    assert.equal(revoked.status, 200);
    await server.clock.advance(5);
    return (await refresh(tokens)).status === 200;
  },
  async 'take the role'({ server, code, party, refresh }) {
    const { database } = server;
    const scope = 'openid offline_access payments.write';
    const tokens = await party.signIn(grace, { scope, prompt: 'consent', resource: api });
    const { account } = (await code.findAccountByUsername(database, 'grace')) ?? assert.fail();
    await database.transaction(async (tx) => {
      const configuration = await code.loadConfiguration(tx);
      await code.setRoles(tx, configuration, account, ['member'], { actor: 'test' });
    });
    await server.clock.advance(2 * minute);
    const { tokens: next } = await refresh(tokens);
    return String(next.scope).includes('payments.write');
  },
  async 'look at a token'({ party }) {
    const { expires_in: seconds = 0 } = await party.signIn(ada);
    return seconds > 600;
  },
};

/** What the control found within its period after an act, as event and as metric. */
async function watch(
  checkout: string,
  act: (scene: Scene) => Promise<boolean>,
  edits: BrokenGate['breaks'] = [],
): Promise<{ letThrough: boolean; told: string[]; measured: string[] }> {
  const code = await load(checkout);
  const example = exampleConfiguration();
  const limits = { ...example.policies.get('member')?.limits, refresh_absolute: 7200 };
  const policies = new Map([...example.policies, ['member', { limits, baselines: [] }] as const]);
  const metrics = code.createMetrics();
  // The server's own first run comes before anything happens; those that are looked at are the test's.
  const server = await code.startTestServer({ ...example, policies }, { metrics, controlPeriod: 1e9 });
  try {
    for (const { from, to } of edits) await editCommit(server, from, to);
    await server.clock.advance(3 * minute);
    const party = await createRelyingParty(server.issuer, shop);
    const refresh: Scene['refresh'] = async ({ refresh_token: token = '' }) => {
      const { status, body } = await party.token({ grant_type: 'refresh_token', refresh_token: token });
      return { status, tokens: body as unknown as Tokens };
    };
    const letThrough = await act({ server, code, party, refresh });
    const seal = createSealer(server.database, createSecretsAtRest([code.testSecret]));
    // Half the period for what is due to be found, half until it is told of.
    for (const seconds of [period / 2 - minute, minute + 1, minute + 1]) {
      await server.clock.advance(seconds);
      await seal();
      await server.clock.advance(minute / 6);
      const swept = await code.loadConfiguration(server.database);
      while ((await code.sweepOnce(server.database, () => Promise.resolve(swept), 1000)) !== 'nothing');
      await sql(server.database, `update control_runs set began_at = '-infinity'`);
      await code.detectOverdue(server.database, { period });
    }
    const events = await sql<{ kind: string }>(
      server.database,
      `select distinct detail ->> 'kind' as kind from audit_events where name = 'control.failed' order by 1`,
    );
    const { text } = await metrics.render();
    const measured = [...text.matchAll(/^curfew_control_findings\{kind="(\w+)"\} [1-9]/gm)].map(
      ([, kind = '']) => kind,
    );
    return { letThrough, told: events.map(({ kind }) => kind), measured: measured.toSorted() };
  } finally {
    await server.stop();
  }
}

async function editCommit({ test }: TestServer, from: string, to: string): Promise<void> {
  const [row] = await asOwner<{ text: string }>(
    test.ownerUrl,
    `select pg_get_functiondef(oid) as text from pg_proc where proname = '${commit}' order by pronargs desc limit 1`,
  );
  const text = row?.text ?? '';
  assert.ok(text.includes(from), `${commit} does not say ${from}`);
  await asOwner(test.ownerUrl, text.replaceAll(from, to));
}

describe('the detective control, beside a gate that fails', function broken() {
  this.timeout(60_000);
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'curfew-broken-'));
    for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  for (const { name, breaks, act, finds } of brokenGates) {
    it(`finds within its period that ${name}`, async () => {
      const edits = breaks.filter(({ file }) => file !== commit);
      plantBug(copy, { name, edits });
      const found = await watch(
        copy,
        acts[act],
        breaks.filter(({ file }) => file === commit),
      );
      assert.equal(found.letThrough, true, 'the gate is broken');
      assert.deepEqual(found.told, finds.toSorted());
      assert.deepEqual(found.measured, finds.toSorted());
    });
  }

  it('finds nothing where the gate holds, whatever is done', async () => {
    const found = await watch(root, async (scene) => {
      const names = Object.keys(acts) as BrokenGate['act'][];
      for (const act of names) {
        const party = await createRelyingParty(scene.server.issuer, shop);
        assert.equal(await acts[act]({ ...scene, party }), false, act);
      }
      return false;
    });
    assert.deepEqual(found, { letThrough: false, told: [], measured: [] });
  });
});
