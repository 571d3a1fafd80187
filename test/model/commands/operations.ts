import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { applyConfiguration } from '../../../src/operations/apply_configuration.ts';
import { disableAccount, enableAccount } from '../../../src/operations/disable_account.ts';
import { disableClient, enableClient } from '../../../src/operations/disable_client.ts';
import { endAccountAccess } from '../../../src/operations/end_account_access.ts';
import { endFamily } from '../../../src/operations/end_family.ts';
import { endSession } from '../../../src/operations/end_session.ts';
import { setRoles } from '../../../src/operations/set_roles.ts';
import { withdrawConsent } from '../../../src/operations/withdraw_consent.ts';
import { findAccountById } from '../../../src/store/accounts.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import type { Queryable } from '../../../src/store/database.ts';
import { signOut } from '../gate/authorize.ts';
import * as operate from '../gate/operate.ts';
import { clients, policies } from '../gate/scenario.ts';
import type { Account, Client, PolicyLimits, World } from '../gate/world.ts';
import { get } from '../server/real.ts';
import type { Real } from '../server/real.ts';
import { desiredPolicies } from '../server/stage_configuration.ts';
import type { StagePerson } from '../server/stage.ts';
import { pick } from './command.ts';

/** A change in one transaction, and what the model makes of it. */
export interface Operation {
  describe: string;
  isPossible(world: Readonly<World>): boolean;
  /** What it is about is settled here, whatever else comes in between. */
  begin(world: World, real: Real): Change;
}

export interface Change {
  perform(tx: Queryable): Promise<void>;
  follow(): void;
}

const origin = { actor: 'operator' };
const always = () => true;
const accountNumber = fc.nat(1);

/** An operation on one of the accounts. */
function ofAccount(
  describe: string,
  number: number,
  begin: (world: World, account: Account, accountId: string, person: StagePerson) => Change,
): Operation {
  return {
    describe: `${describe} account ${number}`,
    isPossible: always,
    begin(world, { people }) {
      const account = world.accounts[number];
      if (!account) throw new Error('There is no such account.');
      const person = get(people, account);
      return begin(world, account, person.accountId, person);
    },
  };
}

export const setRolesOperation: fc.Arbitrary<Operation> = fc
  .record({ account: accountNumber, roles: fc.subarray(['admin', 'auditor', 'member']) })
  .map(({ account: number, roles }) =>
    ofAccount(`set roles ${roles.join(' ')}`, number, (world, account, accountId) => ({
      async perform(tx) {
        const stored = await findAccountById(tx, accountId);
        if (stored) await setRoles(tx, await loadConfiguration(tx), stored, roles, origin);
      },
      follow: () => operate.setRoles(world, account, roles),
    })),
  );

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
  mfa_phishing_resistant: [false, true, undefined],
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
  begin(world) {
    const wanted = changedPolicies(world, changes);
    return {
      async perform(tx) {
        await applyConfiguration(tx, { policies: desiredPolicies(wanted) }, { origin });
      },
      follow: () =>
        operate.applyPolicies(
          world,
          Object.entries(wanted).map(([name, limits]) => ({ name, limits })),
        ),
    };
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

export const disableOperation: fc.Arbitrary<Operation> = accountNumber.map((number) =>
  ofAccount('disable', number, (world, account, accountId) => ({
    async perform(tx) {
      await disableAccount(tx, await loadConfiguration(tx), accountId, origin);
    },
    follow: () => operate.disable(world, account),
  })),
);

export const enableOperation: fc.Arbitrary<Operation> = accountNumber.map((number) => ({
  ...ofAccount('enable', number, (world, account, accountId) => ({
    perform: (tx) => enableAccount(tx, accountId, origin),
    follow: () => operate.enable(world, account),
  })),
  isPossible: (world) => world.accounts[number]?.disabled ?? false,
}));

/** An operation on one of the clients. */
function ofClient(
  describe: string,
  number: number,
  begin: (world: World, client: Client) => Change,
): Operation {
  const { clientId } = clients[number] ?? {};
  return {
    describe: `${describe} client ${clientId}`,
    isPossible: always,
    begin: (world) => begin(world, get(world.clients, clientId ?? '')),
  };
}

const clientNumber = fc.nat(clients.length - 1);
const isDisabled = (world: Readonly<World>, number: number) =>
  world.clients.get(clients[number]?.clientId ?? '')?.disabled ?? false;

export const disableClientOperation: fc.Arbitrary<Operation> = clientNumber.map((number) =>
  ofClient('disable', number, (world, client) => ({
    async perform(tx) {
      await disableClient(tx, client.clientId, origin);
    },
    follow: () => operate.disableClient(world, client),
  })),
);

export const enableClientOperation: fc.Arbitrary<Operation> = clientNumber.map((number) => ({
  ...ofClient('enable', number, (world, client) => ({
    perform: (tx) => enableClient(tx, client.clientId, origin),
    follow: () => operate.enableClient(world, client),
  })),
  isPossible: (world) => isDisabled(world, number),
}));

/** The operator's way: a file with another password. */
export const changePasswordOperation: fc.Arbitrary<Operation> = accountNumber.map((number) =>
  ofAccount('change the password of', number, (world, account, _, person) => ({
    async perform(tx) {
      const password = randomBytes(12).toString('hex');
      await applyConfiguration(tx, { users: [{ username: person.username, password }] }, { origin });
      person.password = password;
    },
    follow: () => operate.changePassword(world, account),
  })),
);

export const signOutEverywhereOperation: fc.Arbitrary<Operation> = accountNumber.map((number) =>
  ofAccount('sign out everywhere', number, (world, account, accountId) => ({
    async perform(tx) {
      await endAccountAccess(tx, await loadConfiguration(tx), accountId, 'signed_out', origin);
    },
    follow: () => operate.signOutEverywhere(world, account),
  })),
);

export const withdrawConsentOperation: fc.Arbitrary<Operation> = fc
  .record({ account: accountNumber, clientId: fc.constantFrom(...clients.map(({ clientId }) => clientId)) })
  .map(({ account: number, clientId }) =>
    ofAccount(`withdraw the consent of ${clientId} from`, number, (world, account, accountId) => ({
      async perform(tx) {
        await withdrawConsent(tx, await loadConfiguration(tx), { accountId, clientId }, origin);
      },
      follow: () => operate.withdrawConsent(world, account, clientId),
    })),
  );

/** What revocation does, and what signing out does, without the way there. */
export const endFamilyOperation: fc.Arbitrary<Operation> = fc.nat(6).map((number) => ({
  describe: `revoke family ${number}`,
  isPossible: (world) => world.families.length > 0,
  begin(world, { families }) {
    const family = pick(world.families, number);
    if (!family) throw new Error('There is no family.');
    return {
      async perform(tx) {
        await endFamily(tx, await loadConfiguration(tx), get(families, family), 'revoked', origin);
      },
      follow: () => operate.revoke(world, family),
    };
  },
}));

export const endSessionOperation: fc.Arbitrary<Operation> = fc.nat(3).map((number) => ({
  describe: `end session ${number}`,
  isPossible: (world) => world.sessions.length > 0,
  begin(world, { people, sessions }) {
    const session = pick(world.sessions, number);
    if (!session) throw new Error('There is no session.');
    const { accountId } = get(people, session.account);
    const subject = { sessionId: get(sessions, session), accountId };
    return {
      async perform(tx) {
        await endSession(tx, await loadConfiguration(tx), subject, 'signed_out', origin);
      },
      follow: () => signOut(world, session),
    };
  },
}));
