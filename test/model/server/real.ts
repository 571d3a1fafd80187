import { loadConfiguration } from '../../../src/store/configuration.ts';
import { disableAccount } from '../../../src/operations/disable_account.ts';
import { enableClient } from '../../../src/operations/disable_client.ts';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { createFormBrowser } from '../../support/browser.ts';
import type { FormBrowser } from '../../support/browser.ts';
import { sql } from '../../support/sql.ts';
import * as scenario from '../gate/scenario.ts';
import type { Account, Browser, Code, Family, Session, Token, World } from '../gate/world.ts';
import { desiredPolicies } from './stage_configuration.ts';
import type { Stage, StagePerson } from './stage.ts';

/** What stands on the stage for each thing of the model. */
export interface Real {
  stage: Stage;
  people: Map<Account, StagePerson>;
  browsers: Map<Browser, FormBrowser>;
  sessions: Map<Session, string>;
  families: Map<Family, string>;
  tokens: Map<Token, string>;
  codes: Map<Code, { code: string; verifier: string }>;
  /** The last event that was compared. */
  lastEvent: string;
}

const origin = { actor: 'operator' };

/** A new world and its counterpart, beginning where the last run's time stood. */
export async function beginRun(stage: Stage): Promise<{ model: World; real: Real }> {
  const { database } = stage;
  await stage.clock.moveTo(stage.now);
  await database.transaction(async (tx) => {
    for (const { clientId } of scenario.clients) await enableClient(tx, clientId, origin);
    await applyConfiguration(tx, { policies: desiredPolicies(scenario.policies) }, { origin });
  });
  await stage.tellInstances();
  const versions = await sql<{ name: string; version: number }>(
    database,
    'select name, version from policies',
  );
  const accounts = [scenario.createAccount('member'), scenario.createAccount('member', 'admin')];
  const byName = new Map(versions.map(({ name, version }) => [name, version]));
  const model = scenario.createWorld(stage.now, byName, accounts);
  const people = new Map<Account, StagePerson>();
  for (const account of accounts) people.set(account, await stage.addPerson(account));
  const real: Real = {
    stage,
    people,
    browsers: new Map(model.browsers.map((browser) => [browser, createFormBrowser(stage.issuer)])),
    sessions: new Map(),
    families: new Map(),
    tokens: new Map(),
    codes: new Map(),
    lastEvent: '00000000-0000-0000-0000-000000000000',
  };
  return { model, real };
}

/** Leave nothing open behind that later runs would have to look at. */
export async function endRun({ now }: World, { stage, people }: Real): Promise<void> {
  stage.now = Math.max(stage.now, now + 1);
  await stage.database.transaction(async (tx) => {
    const configuration = await loadConfiguration(tx);
    for (const { accountId } of people.values()) await disableAccount(tx, configuration, accountId, origin);
  });
}

export function get<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error('The model knows something that was never on the stage.');
  return value;
}
