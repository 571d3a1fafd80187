import { Problem } from '../../domain/problems.ts';
import type { ProblemCode } from '../../domain/problems.ts';
import { sendPage } from '../../http/send_page.ts';
import { describeAccess } from '../../reports/describe_access.ts';
import type { DescribedAccess, DescribedCandidate } from '../../reports/describe_access.ts';
import { explainAccess } from '../../reports/explain_access.ts';
import { consoleExplainPage } from '../../../views/console/explain.ts';
import type { ConsoleExplainProps } from '../../../views/console/explain.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { policyPath } from './policies_page.ts';
import { readQuery } from './query.ts';
import { describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const longest = 1000;
const mostNames = 100;

/** Which field of the form names what is not there. */
const fieldOf: Partial<Record<ProblemCode, keyof ConsoleExplainProps['asked']>> = {
  question_empty: 'username',
  account_unknown: 'username',
  client_unknown: 'client',
  scope_unknown: 'scope',
  resource_unknown: 'resource',
};

/** Why a limit holds for somebody at an app; first the question alone. */
export async function showExplanation(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx } = visit;
  const asked = {
    username: readQuery(ctx, 'username'),
    client: readQuery(ctx, 'client'),
    scope: readQuery(ctx, 'scope', longest),
    resource: readQuery(ctx, 'resource', longest),
  };
  const isAsked = ctx.query.username !== undefined;
  const found = isAsked ? await answer(visit, dependencies, asked) : {};
  const shell = await describeShell(dependencies, visit);
  sendPage(ctx, consoleExplainPage(shell, { asked, ...found }), 'error' in found ? 422 : 200);
}

async function answer(
  { configuration }: ConsoleVisit,
  { database }: ConsoleDependencies,
  asked: ConsoleExplainProps['asked'],
): Promise<Pick<ConsoleExplainProps, 'answer' | 'error'>> {
  const names = (text: string) => text.split(/\s+/).filter(Boolean).slice(0, mostNames);
  try {
    const access = await explainAccess(database, configuration, {
      username: asked.username || undefined,
      clientId: asked.client || undefined,
      scopes: names(asked.scope),
      resources: names(asked.resource),
    });
    return { answer: linkPolicies(describeAccess(access)) };
  } catch (error) {
    const field = error instanceof Problem ? fieldOf[error.code] : undefined;
    if (field === undefined) throw error;
    return { error: { field, text: (error as Problem).message } };
  }
}

function linkPolicies({ groups, ...rest }: DescribedAccess): NonNullable<ConsoleExplainProps['answer']> {
  const link = (candidate: DescribedCandidate) => ({
    ...candidate,
    url: candidate.policy === undefined ? undefined : policyPath(candidate.policy),
  });
  return {
    ...rest,
    groups: groups.map(({ heading, limits }) => ({
      heading,
      limits: limits.map((limit) => ({
        ...limit,
        winner: limit.winner && link(limit.winner),
        losers: limit.losers.map(link),
      })),
    })),
  };
}
