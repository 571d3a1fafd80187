import { absoluteWithin, asks, baseline, idleWithin } from './baseline.ts';
import type { Baseline } from './baseline.ts';

const source = 'FedRAMP r5 (NIST SP 800-53 r5)';
const mfa = asks({ kind: 'mfa' }, 'Two factors at every sign-in.', 'IA-2(1), IA-2(2)');
const replay = asks({ kind: 'code_once' }, 'Authentication resists replay.', 'IA-2(8)');
/** By the numbers of SP 800-63B revision 3, which the guidance of IA-11 names. */
const halfDay = absoluteWithin(43_200, 'Signing in again after 12 hours at most.', {
  section: 'IA-11',
  modality: 'must',
});
const idle = (seconds: number, text: string, section: string) =>
  idleWithin(seconds, text, { section, modality: 'must' });

/** The values that FedRAMP gives the controls of NIST SP 800-53. */
export const fedrampBaselines: readonly Baseline[] = [
  baseline(
    { id: 'fedramp-low', source, title: 'Low' },
    {
      absolute: absoluteWithin(2_592_000, 'Signing in again after 30 days at most.', {
        section: 'IA-11',
        modality: 'must',
      }),
      mfa,
      replay,
    },
  ),
  baseline(
    { id: 'fedramp-moderate', source, title: 'Moderate' },
    {
      idle: idle(900, 'Locked after 15 minutes without activity.', 'AC-11, IA-11'),
      absolute: halfDay,
      mfa,
      replay,
    },
  ),
  baseline(
    { id: 'fedramp-high', source, title: 'High' },
    {
      idle: idle(900, 'Locked or signed out after 15 minutes without activity.', 'AC-11, AC-2(5), IA-11'),
      absolute: halfDay,
      mfa,
      replay,
      sessions: asks(
        { kind: 'most_sessions', most: 2, privileged: 3 },
        'At most two sessions at once, three for privileged access.',
        'AC-10',
      ),
    },
  ),
  baseline(
    { id: 'fedramp-privileged', source, title: 'Moderate and High, privileged sessions' },
    {
      idle: idle(600, 'Disconnected after 10 minutes without activity.', 'SC-10'),
      absolute: halfDay,
      mfa,
      replay,
    },
  ),
];
