import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { dataTable } from './data_table.ts';
import { pageLinks } from './page_links.ts';
import type { PageLinks } from './page_links.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleRolesProps extends PageLinks {
  /** The limits that are shown, by their names. */
  readonly columns: readonly string[];
  readonly roles: readonly {
    readonly name: string;
    readonly peopleUrl: string;
    /** Counted so far and no further. */
    readonly people: string;
    /** In the order of the columns; with the policy that sets each. */
    readonly limits: readonly { readonly value: string; readonly policy: string }[];
    readonly met: readonly string[];
    readonly missed: readonly string[];
    /** Those that the role's policy claims, and in what they are missed. */
    readonly broken: readonly { readonly id: string; readonly faults: readonly string[] }[];
  }[];
}

/** Roles against limits, baselines and people. */
export function consoleRolesPage(shell: Shell, props: ConsoleRolesProps): Html {
  const { columns, roles } = props;
  return consolePage(
    shell,
    { place: 'policies', heading: 'What each role has' },
    html`<p class="lead">The limits of somebody who has this role alone, and the policy that sets each. Who has several roles,
or uses an app, a resource or a scope with a policy of its own, may have stricter ones:
<a href="/console/explain">why a limit holds for somebody</a>.</p>
${dataTable({
  caption: 'Roles, their people, and the limits that hold for them',
  columns: ['Role', 'People', ...columns],
  rows: roles.map(({ name, people, peopleUrl, limits }) => [
    name,
    html`<a href="${safeUrl(peopleUrl)}">${people} <span class="unseen">people with the role ${name}</span></a>`,
    ...limits.map(({ value, policy }) => html`${value}<span class="when">${policy}</span>`),
  ]),
  empty: 'There is no role: the policy default holds for everybody.',
  numbers: [1],
})}
${
  roles.length > 0 &&
  html`<h2>Baselines</h2>
${dataTable({
  caption: 'Roles, and the baselines that their limits meet and miss',
  columns: ['Role', 'Claimed, and missed', 'Met', 'Not met, nor claimed'],
  rows: roles.map(({ name, met, missed, broken }) => [
    name,
    broken.length > 0
      ? broken.map(
          ({ id, faults }) =>
            html`<span class="verdict fail">${id}</span><ul class="plain detail">${faults.map((fault) => html`<li>${fault}</li>`)}</ul>`,
        )
      : 'None',
    met.join(', ') || 'None',
    missed.join(', ') || 'None',
  ]),
  empty: 'There is no role.',
})}`
}
${pageLinks(props)}`,
  );
}
