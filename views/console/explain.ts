import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { errorSummary } from '../partials/error_summary.ts';
import { textField } from '../partials/text_field.ts';
import { dataTable } from './data_table.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

/** A policy, or a scope itself, that sets a limit or could have. */
export interface CandidateProps {
  readonly who: string;
  /** The policy's own page. */
  readonly url?: string | undefined;
  /** What brings it; '' where nothing need be said. */
  readonly sources: string;
  readonly value: string;
  /** Why it lost. */
  readonly why: string;
}

export interface ExplainedLimitProps {
  readonly label: string;
  readonly value: string;
  readonly winner?: CandidateProps | undefined;
  readonly losers: readonly CandidateProps[];
}

export interface ConsoleExplainProps {
  readonly asked: {
    readonly username: string;
    readonly client: string;
    readonly scope: string;
    readonly resource: string;
  };
  readonly error?: { readonly field: string; readonly text: string } | undefined;
  /** undefined: nothing was asked yet. */
  readonly answer?:
    | {
        readonly who: string;
        readonly warnings: readonly string[];
        readonly notes: readonly string[];
        readonly scopes: readonly { readonly name: string; readonly outcome: string }[];
        readonly groups: readonly {
          readonly heading: string;
          readonly limits: readonly ExplainedLimitProps[];
        }[];
      }
    | undefined;
}

/** Which limit holds for somebody, where it comes from, and what lost. */
export function consoleExplainPage(shell: Shell, { asked, error, answer }: ConsoleExplainProps): Html {
  const field = (name: keyof typeof asked, label: string) =>
    textField({
      name,
      label,
      error: error?.field === name ? error.text : undefined,
      input: {
        type: 'text',
        value: asked[name],
        autocomplete: 'off',
        spellcheck: 'false',
        maxlength: '1000',
      },
    });
  return consolePage(
    shell,
    {
      place: 'explain',
      heading: 'Why this limit',
      problem: errorSummary({ error: error?.text, field: error?.field ?? '' }),
    },
    html`<p class="lead">Of the policies that apply to somebody at an app, the strictest value of each limit holds. Here is
which one that is, and what else would have set it. Without a username, the app acts for itself; scopes and resources
have spaces between them, and without resources those of the scopes are meant.</p>
<form method="get" action="/console/explain" class="filter">
${field('username', 'Username')}
${field('client', 'App, by its client id')}
${field('scope', 'Scopes')}
${field('resource', 'Resources')}
<button class="button primary" type="submit">Explain</button>
</form>
${
  answer &&
  html`<h2>${answer.who}</h2>
${answer.warnings.map((warning) => html`<p class="notice">${warning}</p>`)}
${answer.notes.map((note) => html`<p class="soft">${note}</p>`)}
${
  answer.scopes.length > 0 &&
  dataTable({
    caption: 'Scopes, and whether they are granted',
    columns: ['Scope', 'Granted'],
    rows: answer.scopes.map(({ name, outcome }) => [html`<code>${name}</code>`, outcome]),
    empty: 'No scope.',
  })
}
${answer.groups.map(
  ({ heading, limits }) => html`<h3>${heading}</h3>
${dataTable({
  caption: heading,
  columns: ['Limit', 'Value', 'From', 'What lost'],
  rows: limits.map(({ label, value, winner, losers }) => [
    label,
    html`<strong>${value}</strong>`,
    winner && candidate(winner),
    losers.length > 0
      ? html`<ul class="plain detail">${losers.map(
          (loser) => html`<li>${loser.value && html`${loser.value}, `}${candidate(loser)}: ${loser.why}</li>`,
        )}</ul>`
      : html`<span class="soft">Nothing else sets it</span>`,
  ]),
  empty: 'No limit.',
})}`,
)}`
}`,
  );
}

function candidate({ who, url, sources }: CandidateProps): Html {
  return html`${url === undefined ? who : html`<a href="${safeUrl(url)}">${who}</a>`}${sources && ` by ${sources}`}`;
}
