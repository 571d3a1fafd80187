import { nameSchema } from '../../config/schema/names.ts';
import { Problem } from '../../domain/problems.ts';
import { readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { applyConfiguration, mergeConfigurations } from '../../operations/apply_configuration.ts';
import { countOrEstimateEnds } from '../../operations/count_or_estimate_ends.ts';
import { baselineCatalogue } from '../../policy/baselines/catalogue.ts';
import { listConfigurationWarnings } from '../../policy/list_configuration_warnings.ts';
import { describeLimitValue, labelOf, limitFields } from '../../reports/describe_limit.ts';
import { isWalked } from '../../store/check_walks.ts';
import { findHeldRoles } from '../../store/held_roles.ts';
import type { Configuration } from '../../domain/configuration.ts';
import type { Policy } from '../../domain/policies.ts';
import { consolePolicyPreviewPage } from '../../../views/console/policies.ts';
import { consolePolicyFormPage } from '../../../views/console/policy_form.ts';
import { desirePolicy } from '../desire_policy.ts';
import type { WrittenPolicy } from '../desire_policy.ts';
import { describeEnds, wishesExact } from './describe_ends.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { policyPath } from './policies_page.ts';
import { describePolicyFields, limitsOfBaseline, readPolicyEntry, writeLimit } from './policy_fields.ts';
import { readQueries, readQuery } from './query.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

type Texts = Record<string, string>;
const longestEntry = 10_000;

/** The form of a policy, as it is, or as another one or a baseline has it; then what the form said before. */
export async function showPolicyForm(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const name = readName(visit);
  const { texts, baselines } = readForm(visit);
  if (Object.values(texts).some((text) => text !== '') || baselines.length > 0)
    return await renderForm(visit, dependencies, { name, texts, baselines });
  const begun = findBeginning(visit.configuration, name, readQuery(visit.ctx, 'from'));
  await renderForm(visit, dependencies, {
    name,
    texts: Object.fromEntries(limitFields.map((field) => [field, writeLimit(field, begun.limits)])),
    baselines: begun.baselines,
  });
}

/** What would end if the form were saved; nothing changes. */
export async function showPolicyPreview(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
): Promise<void> {
  const { configuration, ctx } = visit;
  const { database } = dependencies;
  const name = readName(visit);
  const { texts, baselines } = readForm(visit);
  const read = readPolicyEntry(texts, baselines);
  if ('fault' in read)
    return await renderForm(visit, dependencies, { name, texts, baselines, fault: read.fault }, 422);

  const next = mergeConfigurations(configuration, desirePolicy(configuration, name, read.policy));
  const held = await findHeldRoles(database, [...next.roles.keys()]);
  const before = listConfigurationWarnings(configuration, held).map(({ message }) => message);
  const wished = { current: configuration, next, isWalked: await isWalked(database) };
  const ends = await countOrEstimateEnds(database, wished, wishesExact(ctx));
  const shell = await describeShell(dependencies, visit);
  const page = consolePolicyPreviewPage(shell, {
    name,
    differences: listDifferences(configuration.policies.get(name), next.policies.get(name)),
    warnings: listConfigurationWarnings(next, held).flatMap(({ message }) =>
      before.includes(message) ? [] : [message],
    ),
    ends: describeEnds(ctx, ends),
    backUrl: `${policyPath(name)}/edit?${ctx.querystring}`,
    save: describeSave(visit, dependencies, name, { texts, baselines }),
  });
  sendPage(ctx, page);
}

/** Save what the preview showed. Throws Problem where the policy was changed since. */
export async function submitPolicy(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, origin } = visit;
  const name = readName(visit);
  const { texts, baselines } = JSON.parse(readField(ctx, 'entry', longestEntry) || '{}') as {
    texts?: Texts;
    baselines?: string[];
  };
  const read = readPolicyEntry(texts ?? {}, baselines ?? []);
  if ('fault' in read) throw new Problem('configuration_invalid', read.fault.text);
  await change(dependencies, async (tx, configuration) => {
    if (readField(ctx, 'version', 20) !== versionOf(configuration, name))
      throw new Problem(
        'configuration_invalid',
        'The policy was changed meanwhile. Look at it again, and at what a change would end now.',
      );
    const desired = desirePolicy(configuration, name, read.policy);
    await applyConfiguration(tx, desired, { origin, current: configuration });
  });
  leaveNotice(ctx, consoleRoot, `The policy ${name} is saved.`);
  seeOther(ctx, policyPath(name));
}

function describeSave(
  { ctx, configuration, mayChange, isProved, proofMaxAge }: ConsoleVisit,
  { signInUrl }: ConsoleDependencies,
  name: string,
  form: { texts: Texts; baselines: readonly string[] },
) {
  if (!mayChange) return undefined;
  if (!isProved) return { proofUrl: signInUrl({ state: ctx.url, mfaMaxAge: proofMaxAge }) };
  const fields = { entry: JSON.stringify(form), version: versionOf(configuration, name) };
  return { action: policyPath(name), fields };
}

function versionOf({ policies }: Configuration, name: string): string {
  return String(policies.get(name)?.version ?? 'none');
}

function readName({ path, ctx }: ConsoleVisit): string {
  const name = path.name ?? '';
  return nameSchema.safeParse(name).success ? name : ctx.throw(404);
}

function readForm({ ctx }: ConsoleVisit): { texts: Texts; baselines: string[] } {
  const texts = Object.fromEntries(limitFields.map((field) => [field, readQuery(ctx, field, 20)]));
  return { texts, baselines: readQueries(ctx, 'baseline', 100) };
}

function findBeginning(
  { policies }: Configuration,
  name: string,
  from: string,
): Pick<Policy, 'limits' | 'baselines'> {
  const own = policies.get(name);
  if (own) return own;
  const [kind, of = ''] = from.split(':');
  if (kind === 'baseline' && baselineCatalogue.has(of))
    return { limits: limitsOfBaseline(of), baselines: [of] };
  return (kind === 'policy' ? policies.get(of) : undefined) ?? { limits: {}, baselines: [] };
}

async function renderForm(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  form: { name: string; texts: Texts; baselines: readonly string[]; fault?: { field: string; text: string } },
  status = 200,
): Promise<void> {
  const { name, texts, baselines, fault } = form;
  const shell = await describeShell(dependencies, visit);
  const page = consolePolicyFormPage(shell, {
    name,
    isNew: !visit.configuration.policies.has(name),
    action: `${policyPath(name)}/preview`,
    fields: describePolicyFields(texts, fault),
    baselines: [...baselineCatalogue.values()].map(({ id, title }) => ({
      id,
      title,
      claimed: baselines.includes(id),
    })),
    fault,
  });
  sendPage(visit.ctx, page, status);
}

function listDifferences(
  before: Pick<Policy, 'limits' | 'baselines'> | undefined,
  after: Policy | undefined,
) {
  const say = (policy: Pick<Policy, 'limits'> | undefined, field: (typeof limitFields)[number]) =>
    describeLimitValue(field, policy?.limits ?? {}) ?? 'Not set';
  const rows = limitFields.map((field) => ({
    label: labelOf(field),
    from: say(before, field),
    to: say(after, field),
  }));
  const claims = (policy: Pick<WrittenPolicy, 'baselines'> | { baselines: readonly string[] } | undefined) =>
    policy?.baselines.join(', ') || 'None';
  const all = [...rows, { label: 'Baselines', from: claims(before), to: claims(after) }];
  const isNew = before === undefined;
  return all.filter(({ from, to }) => from !== to || (isNew && to !== 'Not set' && to !== 'None'));
}
