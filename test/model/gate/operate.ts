import { endAccount, endFamily, noticeAll, settle } from './ends.ts';
import type { Account, Client, Family, Policy, World } from './world.ts';

/** Time passes, forward only. */
export function moveTo(world: World, moment: number): void {
  world.now = Math.max(world.now, moment);
  settle(world);
}

/** The sweeper looks at all that is due. */
export function sweep(world: World): void {
  noticeAll(world);
}

/** Other roles: what is over under the old ones ends first. */
export function setRoles(world: World, account: Account, roles: string[]): void {
  noticeAll(world, account);
  const detail = { from: [...account.roles].toSorted(), to: roles };
  account.roles = new Set(roles);
  world.events.push({ name: 'account.roles_changed', account, detail });
  settle(world);
}

/** Apply policies: those that differ get a new version, after all that is over under the old ones has ended. */
export function applyPolicies(world: World, wanted: Pick<Policy, 'name' | 'limits'>[]): void {
  const changed = wanted.filter(({ name, limits }) => differ(world.policies.get(name)?.limits ?? {}, limits));
  if (changed.length === 0) return;
  noticeAll(world);
  for (const { name, limits } of changed) {
    const version = (world.policies.get(name)?.version ?? 0) + 1;
    world.policies.set(name, { name, version, limits });
  }
  settle(world);
}

function differ(a: object, b: object): boolean {
  const sorted = (limits: object) =>
    JSON.stringify(Object.entries(limits).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) !== sorted(b);
}

export function disable(world: World, account: Account): void {
  endAccount(world, account, 'account_disabled');
  if (account.disabled) return;
  account.disabled = true;
  world.events.push({ name: 'account.disabled', account });
}

export function enable(world: World, account: Account): void {
  if (!account.disabled) return;
  account.disabled = false;
  world.events.push({ name: 'account.enabled', account });
}

/** A client is disabled: all its families end, offline ones too; sessions stay. */
export function disableClient(world: World, client: Client): void {
  if (client.disabled) return;
  client.disabled = true;
  for (const family of world.families.filter((entry) => entry.client === client.clientId))
    endFamily(world, family, 'client_disabled');
}

/** It is enabled again: codes of before are forgotten. */
export function enableClient(world: World, client: Client): void {
  if (!client.disabled) return;
  client.disabled = false;
  for (const code of world.codes) if (code.client === client.clientId && !code.family) code.forgotten = true;
}

/** The user signs out in every browser: everything ends, and codes not exchanged yet are forgotten. */
export function signOutEverywhere(world: World, account: Account): void {
  endAccount(world, account, 'signed_out');
  forgetCodes(world, account);
}

/** The account's password changes: likewise. */
export function changePassword(world: World, account: Account): void {
  endAccount(world, account, 'credential_changed');
  forgetCodes(world, account);
  world.events.push({ name: 'account.updated', account, detail: { fields: ['password'] } });
}

/** The user takes back what a client was allowed: its families end, offline ones too. */
export function withdrawConsent(world: World, account: Account, client: string): void {
  const families = world.families.filter((family) => family.account === account && family.client === client);
  const open = families.filter(({ end }) => !end?.stored);
  const { openid, resources } = account.consents.get(client) ?? {};
  if (open.length === 0 && !openid?.size && !resources?.size) return;
  for (const family of families) endFamily(world, family, 'consent_withdrawn');
  account.consents.delete(client);
  forgetCodes(world, account, client);
  world.events.push({ name: 'consent.withdrawn', account, client, detail: { families: open.length } });
}

/** Codes not exchanged yet are deleted, of an account or of one client of it. */
function forgetCodes(world: World, account: Account, client?: string): void {
  for (const code of world.codes) {
    const isMeant = code.account === account && (client === undefined || code.client === client);
    if (isMeant && !code.family) code.forgotten = true;
  }
}

/** The client revokes any token of a family, rotated or not. */
export function revoke(world: World, family: Family): void {
  endFamily(world, family, 'revoked');
}
