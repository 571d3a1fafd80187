import type { Configuration } from '../../domain/configuration.ts';
import { isOperatorProofFresh, operatorProofMaxAge, opensToOperator } from '../../policy/operator_rights.ts';
import type { OperatorScope } from '../../policy/operator_rights.ts';
import type { AdminDependencies, Administrator } from '../dependencies.ts';
import { ApiProblem } from './problem.ts';

/**
 * Who calls, by the `Authorization` header. Throws what RFC 6750 and, for a change without a fresh second
 * factor, RFC 9470 answer. Looked up at every call: what ended opens nothing.
 */
export async function authorize(
  dependencies: AdminDependencies,
  configuration: Configuration,
  header: string,
  scope: OperatorScope,
): Promise<Administrator> {
  const token = /^bearer ([\w.~+/=-]+)$/i.exec(header)?.[1];
  if (token === undefined) throw refusal('invalid_token', 'There is no bearer token.', []);
  const administrator = await dependencies.readBearer(token);
  // A client on its own is nobody whom a role or a second factor could vouch for.
  if (administrator?.accountId === undefined)
    throw refusal('invalid_token', 'The token is none of a person for this API, or has ended.', [
      ['error', 'invalid_token'],
    ]);
  if (!opensToOperator(administrator.scopes, scope))
    throw refusal('insufficient_scope', `The scope ${scope} is needed.`, [
      ['error', 'insufficient_scope'],
      ['scope', scope],
    ]);
  if (scope === 'curfew:write') assertFreshFactor(configuration, administrator);
  return administrator;
}

function assertFreshFactor(configuration: Configuration, administrator: Administrator): void {
  const { mfaAt, now, mfaMaxAge } = administrator;
  const maxAge = operatorProofMaxAge(configuration, mfaMaxAge);
  if (isOperatorProofFresh(mfaAt, maxAge, now)) return;
  throw refusal(
    'insufficient_user_authentication',
    `A change needs a second factor that was proved less than ${maxAge} seconds ago.`,
    [
      ['error', 'insufficient_user_authentication'],
      ['error_description', 'A more recent second factor is needed.'],
      ['acr_values', 'urn:curfew:acr:mfa'],
      ['max_age', String(maxAge)],
    ],
  );
}

function refusal(
  code: 'invalid_token' | 'insufficient_scope' | 'insufficient_user_authentication',
  detail: string,
  challenge: readonly [name: string, value: string][],
): ApiProblem {
  const parameters = challenge.map(([name, value]) => `${name}="${value}"`).join(', ');
  return new ApiProblem(code, detail, { headers: { 'WWW-Authenticate': `Bearer ${parameters}`.trim() } });
}
