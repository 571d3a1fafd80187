import { Problem } from '../../domain/problems.ts';
import type { Json } from './admin_api.ts';
import type { RemoteCommand } from './remote_command.ts';

/** Those that only tell. */
export const reportCommands: readonly [name: string, command: RemoteCommand][] = [
  [
    'report compliance',
    {
      options: ['policy'],
      columns: ['policy', 'requirement', 'modality', 'verdict'],
      run: async ({ api, options: { policy } }) =>
        rowsOf(await api.read('/reports/compliance', { policy: policy as string | undefined })),
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
      run: async ({ api, options: { since, weight, by } }) =>
        rowsOf(
          await api.read('/reports/usage', { since: seconds(since), weight: String(weight), by: String(by) }),
        ),
    },
  ],
];

function assertCompliance(rows: Json | readonly Json[]): void {
  const missed = [rows].flat().filter(({ verdict }) => verdict === 'fail').length;
  if (missed > 0)
    throw new Problem('baseline_missed', `${missed} requirements are neither met nor justified.`);
}

const rowsOf = ({ rows }: Json): Json[] => rows as Json[];
const seconds = (value: unknown): string => `${Number(value)}s`;
