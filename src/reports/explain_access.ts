import { builtInScopes, openidScopes } from '../domain/built_in_scopes.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { LimitField } from '../domain/policies.ts';
import { Problem } from '../domain/problems.ts';
import { explainLimits, explainStepUp } from '../policy/explain_limits.ts';
import type { LimitExplanation } from '../policy/explain_limits.ts';
import { explainScopes } from '../policy/explain_scopes.ts';
import type { AskedScope } from '../policy/explain_scopes.ts';
import { clientSubject, familySubject, sessionSubject } from '../policy/subject_limits.ts';
import { findAccountByUsername } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';

export interface AccessQuestion {
  /** undefined: a client that acts for itself. */
  username?: string | undefined;
  /** undefined: a person's own session, whatever the client. */
  clientId?: string | undefined;
  scopes: readonly string[];
  resources: readonly string[];
}

/** A scope that was asked for, and how long a proof of a second factor serves it. */
export interface ExplainedScope extends AskedScope {
  stepUp?: LimitExplanation;
}

export interface ExplainedAccess {
  /** The version of the configuration. */
  version: number;
  account?: { accountId: string; username: string; roles: readonly string[]; disabled: boolean };
  client?: { clientId: string; disabled: boolean };
  resources: string[];
  scopes: ExplainedScope[];
  /** What rules the sign-in in the browser; empty for a client that acts for itself. */
  session: LimitExplanation[];
  /** What rules tokens; of a client that acts for itself only their lifetime. */
  tokens: LimitExplanation[];
}

const ofSessions: readonly LimitField[] = ['session_idle', 'session_absolute', 'max_sessions'];
const ofClients: readonly LimitField[] = ['access_token_ttl'];
const ofTokens: readonly LimitField[] = [
  'access_token_ttl',
  'refresh_idle',
  'refresh_absolute',
  'refresh_overlap',
  'mfa',
  'mfa_phishing_resistant',
  'mfa_max_age',
  'enrolment',
  'activity',
  'lease_max',
];

/**
 * Which limits would hold for somebody at a client with these scopes, and why. What is not granted brings
 * no policy. Throws Problem for a name that is not known, and `question_empty`.
 */
export async function explainAccess(
  db: Queryable,
  configuration: Configuration,
  question: AccessQuestion,
): Promise<ExplainedAccess> {
  const { username, clientId } = question;
  assertKnown(configuration, question);
  const account = username === undefined ? undefined : await getAccount(db, username);
  const asker = { roles: account?.roles, clientId, resources: question.resources };
  const scopes = explainScopes(configuration, question.scopes, asker);
  const granted = scopes.filter(({ obstacle }) => obstacle === undefined);
  const resources = [
    ...new Set([...question.resources, ...granted.flatMap(({ resource }) => resource ?? [])]),
  ];
  const asked = { clientId, resources, scopes: granted.map(({ name }) => name) };
  const subject = account ? familySubject(asked, account.roles) : clientSubject(asked);
  const session =
    account && sessionSubject({ clientIds: clientId === undefined ? [] : [clientId] }, account.roles);
  const client = clientId === undefined ? undefined : configuration.clients.get(clientId);
  return {
    version: configuration.version,
    ...(account ? { account } : {}),
    ...(client ? { client: { clientId: client.clientId, disabled: client.disabled } } : {}),
    resources,
    scopes: scopes.map((scope) => {
      const stepUp = scope.obstacle ? undefined : explainStepUp(configuration, subject, scope.name);
      return { ...scope, ...(stepUp ? { stepUp } : {}) };
    }),
    session: session ? explainLimits(configuration, session, ofSessions) : [],
    tokens: explainLimits(configuration, subject, account ? ofTokens : ofClients),
  };
}

function assertKnown(
  { clients, resources, scopes }: Configuration,
  { username, clientId, ...asked }: AccessQuestion,
): void {
  if (username === undefined && clientId === undefined)
    throw new Problem('question_empty', 'Name a user, a client, or both.');
  if (clientId !== undefined && !clients.has(clientId))
    throw new Problem('client_unknown', `There is no client ${clientId}.`);
  const resource = asked.resources.find((name) => !resources.has(name));
  if (resource !== undefined) throw new Problem('resource_unknown', `There is no resource ${resource}.`);
  const owned = new Set([...resources.values()].flatMap((one) => one.scopes));
  const isKnown = (name: string) =>
    scopes.has(name) || owned.has(name) || builtInScopes.has(name) || openidScopes.has(name);
  const scope = asked.scopes.find((name) => !isKnown(name));
  if (scope !== undefined) throw new Problem('scope_unknown', `There is no scope ${scope}.`);
}

async function getAccount(db: Queryable, username: string) {
  const found = await findAccountByUsername(db, username);
  if (!found) throw new Problem('account_unknown', `There is no account named ${username}.`);
  const { accountId, username: name, roles, disabled } = found.account;
  return { accountId, username: name, roles, disabled };
}
