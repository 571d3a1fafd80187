import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { textField } from '../partials/text_field.ts';
import { dataTable } from './data_table.ts';
import { plottedTable } from './plotted_table.ts';
import type { PlottedTable } from './plotted_table.ts';
import { reportPlaces } from './report_places.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export type UsageVerdict = 'too_strict' | 'too_loose' | 'fits' | 'too_few';

export interface ListedLimit {
  readonly policy: string;
  readonly url: string;
  readonly version: number;
  /** What it rules, and the limit in words. */
  readonly subject: string;
  readonly limit: string;
  readonly ended: string;
  readonly verdict: UsageVerdict;
  readonly verdictText: string;
  readonly suggestion: string;
  /** The form of the policy with what is suggested filled in; undefined: there is nothing to change. */
  readonly previewUrl?: string | undefined;
}

export interface ConsoleUsageProps {
  readonly isDemo: boolean;
  readonly weight: string;
  readonly weightError?: string | undefined;
  readonly summary: string;
  readonly limits: readonly ListedLimit[];
  readonly fileUrl: string;
}

/** Every idle limit of every policy, and what is to be said of it. */
export function consoleUsagePage(shell: Shell, props: ConsoleUsageProps): Html {
  const { isDemo, weight, weightError, summary, limits, fileUrl } = props;
  return consolePage(
    shell,
    { place: 'reports', heading: 'Idle limits' },
    html`${reportPlaces('usage', isDemo)}
<p class="lead">A short limit interrupts work, a long one leaves doors open for nobody. Both are weighed for each policy, over
the last 30 days: <strong>${summary}</strong></p>
${weightForm({ action: '/console/reports/usage', weight, weightError })}
${dataTable({
  caption: 'Idle limits by policy',
  columns: ['Policy', 'Limit', 'Ended', 'Verdict', 'Suggestion'],
  rows: limits.map((row) => [
    html`<a href="${safeUrl(row.url)}">${row.policy}</a><span class="when">Version ${row.version}</span>`,
    html`${row.limit}<span class="when">${row.subject}</span>`,
    row.ended,
    html`<span class="verdict ${row.verdict}">${row.verdictText}</span>`,
    html`<div class="words">${row.suggestion}${
      row.previewUrl !== undefined &&
      html` <a href="${safeUrl(row.previewUrl)}">Preview this change<span class="unseen"> of ${row.policy}</span></a>`
    }</div>`,
  ]),
  empty: 'Nothing has ended under an idle limit in these days.',
  numbers: [2],
})}
${limits.length > 0 && html`<p><a href="${safeUrl(fileUrl)}" download>Take it away as CSV</a></p>`}`,
  );
}

export interface ConsoleUsagePolicyProps {
  readonly isDemo: boolean;
  readonly policy: string;
  readonly action: string;
  readonly weight: string;
  readonly weightError?: string | undefined;
  readonly frontiers: readonly (PlottedTable & {
    readonly verdict: UsageVerdict;
    readonly verdictText: string;
  })[];
  readonly previewUrl?: string | undefined;
  readonly previewText: string;
}

/** What other idle limits would bring under one policy. */
export function consoleUsagePolicyPage(shell: Shell, props: ConsoleUsagePolicyProps): Html {
  const { isDemo, policy, action, weight, weightError, frontiers, previewUrl, previewText } = props;
  return consolePage(
    shell,
    { place: 'reports', heading: html`Idle limits of ${policy}` },
    html`${reportPlaces('usage', isDemo)}
<p class="lead">Each point is an idle limit: the further down, the less work it interrupts; the further left, the fewer hours
are open for nobody. Over the last 30 days.</p>
${previewUrl !== undefined && html`<p><a class="button primary fit" href="${safeUrl(previewUrl)}">${previewText}</a></p>`}
${weightForm({ action, weight, weightError })}
${
  frontiers.length === 0
    ? html`<p class="soft">Nothing has ended under an idle limit of this policy in these days.</p>`
    : html`<div class="plots frontiers">
${frontiers.map((frontier) =>
  plottedTable({
    ...frontier,
    text: html`<strong class="verdict ${frontier.verdict}">${frontier.verdictText}.</strong> ${frontier.text}`,
  }),
)}
</div>`
}`,
  );
}

function weightForm(form: { action: string; weight: string; weightError?: string | undefined }): Html {
  return html`<form class="filter" method="get" action="${safeUrl(form.action)}">
${textField({
  name: 'weight',
  label: 'Weight of one interruption',
  hint: 'How many hours open for nobody it is worth.',
  error: form.weightError,
  input: { type: 'text', inputmode: 'decimal', value: form.weight, autocomplete: 'off', maxlength: '13' },
})}
<button class="button tool" type="submit">Weigh again</button>
</form>`;
}
