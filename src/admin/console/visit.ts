import type { Context } from 'koa';
import type { Configuration } from '../../domain/configuration.ts';
import { countedProof } from '../../policy/counted_proof.ts';
import {
  isOperatorProofFresh,
  listOperatorScopes,
  operatorProofMaxAge,
  opensToOperator,
} from '../../policy/operator_rights.ts';
import { sessionLimits } from '../../policy/subject_limits.ts';
import { findAccountById } from '../../store/accounts.ts';
import type { Queryable } from '../../store/database.ts';
import type { Shell } from '../../../views/console/shell.ts';
import { takeNotice } from '../../http/notice_cookie.ts';
import { actAsOperator, changeConfigured } from '../change_configured.ts';
import type { ConsoleDependencies, Visitor } from './dependencies.ts';

export const consoleRoot = '/console';

/** An operator at a page of the console. */
export interface ConsoleVisit extends Visitor {
  ctx: Context;
  /** What the names in the route's path stand for. */
  path: Readonly<Record<string, string>>;
  scopes: readonly string[];
  /** Whether their roles let them change anything. */
  mayChange: boolean;
  /** A change takes a second factor proved within so many seconds, and whether it was. */
  proofMaxAge: number;
  isProved: boolean;
}

/** What a visitor's roles and proofs let them do here. */
export function judgeVisitor(
  ctx: Context,
  visitor: Visitor,
  path: Readonly<Record<string, string>>,
): ConsoleVisit {
  const { configuration, session, roles, now } = visitor;
  const limits = sessionLimits(configuration, session, roles);
  const scopes = listOperatorScopes(configuration, roles);
  const proofMaxAge = operatorProofMaxAge(configuration, limits.mfa_max_age.value);
  return {
    ...visitor,
    origin: actAsOperator(visitor.origin, visitor.accountId),
    ctx,
    path,
    scopes,
    mayChange: opensToOperator(scopes, 'curfew:write'),
    proofMaxAge,
    isProved: isOperatorProofFresh(countedProof(limits, visitor), proofMaxAge, now),
  };
}

/** What every page of the console shows around its own content. */
export async function describeShell(
  { database, pageContext }: ConsoleDependencies,
  { ctx, accountId, csrfToken, mayChange }: ConsoleVisit,
): Promise<Shell> {
  const account = await findAccountById(database, accountId);
  return {
    context: pageContext(),
    csrfToken,
    username: account?.username ?? '',
    mayChange,
    notice: takeNotice(ctx, consoleRoot),
  };
}

/** One transaction for what an operator changes. */
export async function change<Result>(
  { database, loadConfiguration }: ConsoleDependencies,
  work: (tx: Queryable, configuration: Configuration) => Promise<Result>,
): Promise<Result> {
  return await database.transaction((tx) =>
    changeConfigured(tx, { loadConfiguration }, (configuration) => work(tx, configuration)),
  );
}
