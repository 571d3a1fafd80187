import type { Configuration } from '../domain/configuration.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import { mayPersonHave } from './evaluate_scopes.ts';

export type OperatorScope = 'curfew:read' | 'curfew:write';
const operatorScopes: readonly OperatorScope[] = ['curfew:read', 'curfew:write'];

/** What people of these roles may do as operators: nothing that the configuration does not give to a role of theirs. */
export function listOperatorScopes(configuration: Configuration, roles: readonly string[]): OperatorScope[] {
  return operatorScopes.filter((scope) => mayPersonHave(configuration, scope, roles));
}

/** The roles that may do it; none where the configuration names none. */
export function listRolesOf(
  { scopes }: Pick<Configuration, 'scopes'>,
  scope: OperatorScope,
): readonly string[] {
  return scopes.get(scope)?.roles ?? [];
}

/** `curfew:write` opens what `curfew:read` does. */
export function opensToOperator(scopes: readonly string[], scope: OperatorScope): boolean {
  return scopes.includes(scope) || scopes.includes('curfew:write');
}

/** Seconds for which one proof serves a change, whatever the configuration allows. */
const longestProof = 900;

/** A change takes a second factor that was proved within so many seconds; `mfaMaxAge` is that of the limits in force. */
export function operatorProofMaxAge({ scopes }: Pick<Configuration, 'scopes'>, mfaMaxAge?: number): number {
  const ofScope = scopes.get('curfew:write')?.stepUp?.mfaMaxAge;
  return Math.min(longestProof, ofScope ?? longestProof, mfaMaxAge ?? longestProof);
}

/** Whether the last proof, at `mfaAt`, serves a change at `now`; it is too old at `maxAge` exactly. */
export function isOperatorProofFresh(mfaAt: Instant | undefined, maxAge: number, now: Instant): boolean {
  return mfaAt !== undefined && now < addSeconds(mfaAt, maxAge);
}
