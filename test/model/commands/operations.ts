import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { disableAccount, enableAccount } from '../../../src/operations/disable_account.ts';
import { endFamily } from '../../../src/operations/end_family.ts';
import { endSession } from '../../../src/operations/end_session.ts';
import { setRoles } from '../../../src/operations/set_roles.ts';
import { findAccountById } from '../../../src/store/accounts.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import type { Queryable } from '../../../src/store/database.ts';
import { changePassword, signOut } from '../gate/authorize.ts';
import * as operate from '../gate/operate.ts';
import { policies } from '../gate/scenario.ts';
import type { Account, PolicyLimits, World } from '../gate/world.ts';
import { get } from '../server/real.ts';
import type { Real } from '../server/real.ts';
import { desiredPolicies } from '../server/stage.ts';
import { pick } from './command.ts';

/** A change in one transaction, and what the model makes of it. */
export interface Operation {
  describe: string;
  isPossible(world: Readonly<World>): boolean;
  perform(tx: Queryable, world: World, real: Real): Promise<void>;
  follow(world: World, real: Real): void;
}

const origin = { actor: 'operator' };
const always = () => true;
const accountNumber = fc.nat(1);

function accountAt(world: World, number: number): Account {
  const account = world.accounts[number];
  if (!account) throw new Error('There is no such account.');
  return account;
}

export const setRolesOperation: fc.Arbitrary<Operation> = fc
  .record({ account: accountNumber, roles: fc.subarray(['admin', 'auditor', 'member']) })
  .map((choice) => ({
    describe: `set roles ${JSON.stringify(choice)}`,
    isPossible: always,
    async perform(tx, world, { people }) {
      const stored = await findAccountById(tx, get(people, accountAt(world, choice.account)).accountId);
      if (stored) await setRoles(tx, await loadConfiguration(tx), stored, choice.roles, origin);
    },
    follow: (world) => operate.setRoles(world, accountAt(world, choice.account), choice.roles),
  }));

/** Few values, so that limits coincide and boundaries are shared. */
const fieldValues: { [Field in keyof PolicyLimits]: (PolicyLimits[Field] | undefined)[] } = {
  access_token_ttl: [30, 300, undefined],
  refresh_idle: [1, 60, 120, 300, 600, undefined],
  refresh_absolute: [60, 300, 600, 1800, 3600, undefined],
  refresh_overlap: [0, 1, 2, 3, 10, 60, undefined],
  session_idle: [60, 120, 300, 900, undefined],
  session_absolute: [120, 600, 1800, 7200, undefined],
  mfa: ['none', 'step_up', 'always', undefined],
  mfa_max_age: [30, 60, 120, 300, undefined],
  activity: ['any_refresh', 'reported', undefined],
  max_sessions: [1, 2, 3, undefined],
};
const fieldNames = Object.keys(fieldValues) as (keyof PolicyLimits)[];

interface FieldChange {
  policy: string;
  field: keyof PolicyLimits;
  value?: unknown;
}
const fieldChange: fc.Arbitrary<FieldChange> = fc.constantFrom(...fieldNames).chain((field) =>
  fc.record({
    policy: fc.constantFrom(...Object.keys(policies)),
    field: fc.constant(field),
    value: fc.constantFrom<unknown>(...fieldValues[field]),
  }),
);

/** Shorten or lengthen, loosen or tighten one field or two. `default` keeps all its fields. */
export const applyPolicies = (changes: readonly FieldChange[]): Operation => ({
  describe: `apply ${JSON.stringify(changes)}`,
  isPossible: always,
  async perform(tx, world) {
    await applyConfiguration(tx, { policies: desiredPolicies(changedPolicies(world, changes)) }, { origin });
  },
  follow(world) {
    const wanted = Object.entries(changedPolicies(world, changes));
    operate.applyPolicies(
      world,
      wanted.map(([name, limits]) => ({ name, limits })),
    );
  },
});
export const applyOperation: fc.Arbitrary<Operation> = fc
  .array(fieldChange, { minLength: 1, maxLength: 2 })
  .map(applyPolicies);

function changedPolicies(
  world: World,
  changes: readonly FieldChange[],
): Record<string, Partial<PolicyLimits>> {
  const wanted = Object.fromEntries([...world.policies].map(([name, { limits }]) => [name, { ...limits }]));
  for (const { policy, field, value } of changes) {
    const limits = wanted[policy];
    if (!limits) continue;
    if (value !== undefined) Object.assign(limits, { [field]: value });
    else if (policy !== 'default') delete limits[field];
  }
  return wanted;
}

export const disableOperation: fc.Arbitrary<Operation> = accountNumber.map((number) => ({
  describe: `disable account ${number}`,
  isPossible: always,
  async perform(tx, world, { people }) {
    const { accountId } = get(people, accountAt(world, number));
    await disableAccount(tx, await loadConfiguration(tx), accountId, origin);
  },
  follow: (world) => operate.disable(world, accountAt(world, number)),
}));

export const enableOperation: fc.Arbitrary<Operation> = accountNumber.map((number) => ({
  describe: `enable account ${number}`,
  isPossible: (world) => world.accounts[number]?.disabled ?? false,
  async perform(tx, world, { people }) {
    await enableAccount(tx, get(people, accountAt(world, number)).accountId, origin);
  },
  follow: (world) => operate.enable(world, accountAt(world, number)),
}));

/** The operator's way: a file with another password. */
export const changePasswordOperation: fc.Arbitrary<Operation> = accountNumber.map((number) => ({
  describe: `change the password of account ${number}`,
  isPossible: always,
  async perform(tx, world, { people }) {
    const person = get(people, accountAt(world, number));
    const password = randomBytes(12).toString('hex');
    await applyConfiguration(tx, { users: [{ username: person.username, password }] }, { origin });
    person.password = password;
  },
  follow: (world) => changePassword(world, accountAt(world, number)),
}));

/** What revocation does, and what signing out does, without the way there. */
export const endFamilyOperation: fc.Arbitrary<Operation> = fc.nat(6).map((number) => ({
  describe: `revoke family ${number}`,
  isPossible: (world) => world.families.length > 0,
  async perform(tx, world, { families }) {
    const family = pick(world.families, number);
    if (family) await endFamily(tx, await loadConfiguration(tx), get(families, family), 'revoked', origin);
  },
  follow(world) {
    const family = pick(world.families, number);
    if (family) operate.revoke(world, family);
  },
}));

export const endSessionOperation: fc.Arbitrary<Operation> = fc.nat(3).map((number) => ({
  describe: `end session ${number}`,
  isPossible: (world) => world.sessions.length > 0,
  async perform(tx, world, { people, sessions }) {
    const session = pick(world.sessions, number);
    if (!session) return;
    const subject = { sessionId: get(sessions, session), accountId: get(people, session.account).accountId };
    await endSession(tx, await loadConfiguration(tx), subject, 'signed_out', origin);
  },
  follow(world) {
    const session = pick(world.sessions, number);
    if (session) signOut(world, session);
  },
}));
