import { z } from 'zod';
import type { ControlState } from '../../../reports/report_controls.ts';

const moment = z.string().nullable().meta({ description: 'UTC; null: not yet.' });

export const controlsAnswer = z.object({
  completed_at: moment,
  walks: z
    .array(z.object({ walk: z.string(), walked_at: moment }))
    .meta({ description: 'When all of each table had been looked at.' }),
  trail_seconds: z.number().meta({
    description: 'Age of the oldest event of the trail that was not looked at; 0: none.',
  }),
  findings: z
    .array(
      z.object({
        kind: z.string(),
        count: z.number().int(),
        first_seen_at: z.string(),
        ids: z.array(z.string()).meta({ description: 'Of the first twenty.' }),
      }),
    )
    .meta({ description: 'What stands; empty: nothing lives past its limit.' }),
});

export function describeControls(state: ControlState): z.input<typeof controlsAnswer> {
  return {
    completed_at: state.completedAt,
    walks: state.walks.map(({ walk, walkedAt }) => ({ walk, walked_at: walkedAt })),
    trail_seconds: state.trailSeconds,
    findings: state.findings.map(({ kind, count, firstSeenAt, ids }) => ({
      kind,
      count,
      first_seen_at: firstSeenAt,
      ids,
    })),
  };
}
