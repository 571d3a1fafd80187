import { randomBytes, randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { createSecretsAtRest } from '../../../src/credentials/secrets_at_rest.ts';
import { readMadePasskey, readPasskeyAnswer } from '../../../src/credentials/passkey_answer.ts';
import { registrationRequest } from '../../../src/credentials/passkey_request.ts';
import { relyingPartyOf } from '../../../src/credentials/relying_party.ts';
import { generateTotpSecret } from '../../../src/credentials/totp.ts';
import { hashToken } from '../../../src/credentials/token_hash.ts';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { totpSecretContext } from '../../../src/operations/enrol_totp.ts';
import { insertAccount, replaceRoles } from '../../../src/store/accounts.ts';
import type { Database, Queryable } from '../../../src/store/database.ts';
import { insertPasskey } from '../../../src/store/passkeys.ts';
import { confirmTotpFactor, insertPendingTotpFactor } from '../../../src/store/second_factors.ts';
import type { App } from '../../../src/app.ts';
import { createTestDatabase } from '../../support/database.ts';
import { frozenEpoch } from '../../support/frozen_clock.ts';
import { createSoftAuthenticator } from '../../support/soft_authenticator.ts';
import type { SoftAuthenticator } from '../../support/soft_authenticator.ts';
import { sql } from '../../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../../support/stored_facts.ts';
import { findFreePort } from '../../support/ports.ts';
import { startInstance, testSecret } from '../../support/server.ts';
import * as scenario from '../gate/scenario.ts';
import type { Account } from '../gate/world.ts';
import { desiredPolicies, staticConfiguration } from './stage_configuration.ts';
import { trackDatabase } from './tracked_database.ts';
import { stopClocks } from './clock.ts';
import type { StandingClock } from './clock.ts';

/** The real thing: two instances over one database, and a clock that stands until it is moved. */
export interface Stage {
  issuer: string;
  /** Where each instance answers. */
  addresses: string[];
  database: Database;
  clock: StandingClock;
  /** The latest moment that any run has reached. */
  now: number;
  restart(instance: number): Promise<void>;
  /** Instances poll for a new configuration; here nothing polls, so a request that changes nothing tells them. */
  tellInstances(): Promise<void>;
  addPerson(account: Account): Promise<StagePerson>;
  close(): Promise<void>;
}

export interface StagePerson {
  accountId: string;
  username: string;
  password: string;
  totpSecret: string;
  /** With a passkey. */
  device: SoftAuthenticator;
}

export async function openStage(): Promise<Stage> {
  const test = await createTestDatabase();
  const { database } = test;
  const clock = await stopClocks(test);
  const desired = { ...staticConfiguration(), policies: desiredPolicies(scenario.policies) };
  await database.transaction((tx) => applyConfiguration(tx, desired, { origin: { actor: 'test' } }));
  const ports = [await findFreePort(), await findFreePort()];
  const issuer = `http://localhost:${ports[0]}`;
  const tracked = trackDatabase(database);
  const apps: App[] = [];
  const start = async (instance: number) => {
    const port = ports[instance] ?? 0;
    const { app } = await withoutRecurringJobs(() =>
      startInstance({ database: tracked.database, issuer, port }),
    );
    apps[instance] = app;
    await tracked.idle();
  };
  for (const instance of ports.keys()) await start(instance);
  const atRest = createSecretsAtRest([testSecret]);
  const stranger = await storeStrangeToken(database);
  return {
    issuer,
    addresses: ports.map((port) => `http://localhost:${port}`),
    database,
    clock,
    now: frozenEpoch,
    async restart(instance) {
      await apps[instance]?.close(0);
      await start(instance);
    },
    async tellInstances() {
      for (const port of ports) {
        const form = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: stranger };
        await fetch(`http://localhost:${port}/token`, { method: 'POST', body: new URLSearchParams(form) });
      }
    },
    addPerson: (account) => database.transaction((tx) => addPerson(tx, account)),
    async close() {
      clock.reset();
      for (const app of apps) await app.close(0);
      await test.drop();
    },
  };

  async function addPerson(tx: Queryable, account: Account): Promise<StagePerson> {
    const username = `person-${randomUUID()}`;
    const password = randomBytes(12).toString('hex');
    const accountId =
      (await insertAccount(tx, { username, passwordHash: await hashQuickly(password) })) ?? '';
    await replaceRoles(tx, accountId, [...account.roles]);
    const totpSecret = generateTotpSecret();
    const factorId = randomUUID();
    const secretSealed = atRest.seal(Buffer.from(totpSecret), totpSecretContext(factorId));
    await insertPendingTotpFactor(tx, { factorId, accountId, sessionId: '', name: 'App', secretSealed });
    await confirmTotpFactor(tx, factorId, 'App');
    const device = createSoftAuthenticator(issuer);
    await addPasskey(tx, issuer, { accountId, username }, device);
    return { accountId, username, password, totpSecret, device };
  }
}

/** As the account pages would, without their events. */
async function addPasskey(
  tx: Queryable,
  issuer: string,
  account: { accountId: string; username: string },
  device: SoftAuthenticator,
): Promise<void> {
  const party = relyingPartyOf(issuer);
  const challenge = randomBytes(32).toString('base64url');
  const request = await registrationRequest(party, { challenge, account, serviceName: 'Curfew', known: [] });
  const answer = readPasskeyAnswer(device.create(request));
  const made = answer && (await readMadePasskey(party, answer));
  if (!made) throw new Error('The passkey was not made.');
  const { userVerified: _, ...credential } = made;
  const { accountId } = account;
  await insertPasskey(tx, { ...credential, passkeyId: randomUUID(), accountId, name: 'Passkey' });
}

/** A token of another client than the one that will present it: it is looked up, and nothing more. */
async function storeStrangeToken(database: Database): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const accountId = await storeAccount(database);
  const sessionId = await storeSession(database, { accountId });
  const { familyId } = await storeFamily(database, { accountId, sessionId, bound: false, clientId: 'shop' });
  await sql(
    database,
    'insert into refresh_tokens (token_hash, family_id, issued_at) values ($1, $2, curfew_now())',
    hashToken(token),
    familyId,
  );
  return token;
}

/** As the server verifies it, with the least work. */
function hashQuickly(password: string): Promise<string> {
  return argon2.hash(password, { type: argon2.argon2id, memoryCost: 8, timeCost: 1, parallelism: 1 });
}

/** What the instances do by themselves, the model does as a command: no timer may come between. */
async function withoutRecurringJobs<Result>(work: () => Promise<Result>): Promise<Result> {
  const real = globalThis.setInterval;
  globalThis.setInterval = () => setTimeout(() => undefined, 0);
  try {
    return await work();
  } finally {
    globalThis.setInterval = real;
  }
}
