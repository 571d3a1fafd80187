import { endAccount, endFamily, noticeAll, settle } from './ends.ts';
import type { Account, Family, Policy, World } from './world.ts';

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

/** The client revokes any token of a family, rotated or not. */
export function revoke(world: World, family: Family): void {
  endFamily(world, family, 'revoked');
}
