import type { ControlState } from '../controls/read_controls.ts';
import { findingKinds } from '../domain/control_findings.ts';
import { describeDuration } from '../domain/durations.ts';

/** How far the control has looked, line by line. */
export function describeControlProgress({ completedAt, walks, trailSeconds }: ControlState): string[] {
  return [
    completedAt === null
      ? 'The detective control has not finished a run yet.'
      : `The detective control last finished a run at ${completedAt}.`,
    ...walks.map(({ walk, walkedAt }) =>
      walkedAt === null
        ? `Not all ${walk.replace('_', ' ')} were looked at yet.`
        : `All ${walk.replace('_', ' ')} were looked at by ${walkedAt}.`,
    ),
    trailSeconds > 600
      ? `The trail is followed ${describeDuration(trailSeconds)} behind.`
      : 'The trail is followed to its end.',
  ];
}

/** The report as lines for a terminal. */
export function renderControlsText(state: ControlState): string {
  const { findings } = state;
  const lines = [
    ...describeControlProgress(state),
    ...(findings.length === 0 ? ['Nothing lives past its limit.'] : []),
    ...findings.flatMap(({ kind, count, firstSeenAt, ids }) => [
      `${kind}: ${count}, the first seen at ${firstSeenAt}. ${findingKinds[kind]}`,
      ...ids.map((id) => `  ${id}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
