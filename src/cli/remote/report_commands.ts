import { Problem } from '../../domain/problems.ts';
import { printText } from '../print_text.ts';
import type { Json } from './admin_api.ts';
import type { RemoteCommand } from './remote_command.ts';

/** Those that only tell. */
export const reportCommands: readonly [name: string, command: RemoteCommand][] = [
  [
    'report compliance',
    {
      options: ['policy', 'html'],
      columns: ['policy', 'requirement', 'modality', 'verdict'],
      async run({ api, options: { policy, html, json }, refuse }) {
        if (html === true && json === true) refuse('error: say --json or --html');
        const query = { policy: policy as string | undefined };
        const rows = rowsOf(await api.read('/reports/compliance', query));
        if (html !== true) return rows;
        process.stdout.write(await api.readText('/reports/compliance.html', query));
        assertCompliance(rows);
        return undefined;
      },
      judge: assertCompliance,
    },
  ],
  [
    'report timeouts',
    {
      options: ['since', 'within', 'by'],
      run: async ({ api, options: { since, within, by } }) =>
        rowsOf(
          await api.read('/reports/timeouts', {
            since: seconds(since),
            within: seconds(within),
            by: String(by),
          }),
        ),
    },
  ],
  [
    'report usage',
    {
      options: ['since', 'weight', 'by'],
      columns: ['policy', 'policy_version', 'field', 'limit', 'key', 'spans', 'verdict', 'suggested'],
      async run({ api, options: { since, weight, by } }) {
        const query = { since: seconds(since), weight: String(weight), by: String(by) };
        const found = await api.read('/reports/usage', query);
        return { ...found, held: rowsOf(await api.read('/reports/idle-holdings')) };
      },
    },
  ],
  ['report controls', { run: async ({ api }) => await api.read('/reports/controls'), judge: assertControls }],
  [
    'report monthly',
    {
      options: ['month', 'output'],
      async run({ api, options: { month, output } }) {
        const query = { month: month as string | undefined };
        printText(await api.readText('/reports/monthly.html', query), output as string | undefined);
        return undefined;
      },
    },
  ],
];

function assertCompliance(rows: Json | readonly Json[]): void {
  const missed = [rows].flat().filter(({ verdict }) => verdict === 'fail').length;
  if (missed > 0)
    throw new Problem('baseline_missed', `${missed} requirements are neither met nor justified.`);
}

function assertControls(answer: Json | readonly Json[]): void {
  const findings = [answer].flat().flatMap((state) => state.findings as { count: number }[]);
  const total = findings.reduce((sum, { count }) => sum + count, 0);
  if (total > 0) throw new Problem('control_failed', `The control found ${total}.`);
}

const rowsOf = ({ rows }: Json): Json[] => rows as Json[];
const seconds = (value: unknown): string => `${Number(value)}s`;
