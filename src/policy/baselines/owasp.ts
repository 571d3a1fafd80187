import { absoluteWithin, asks, baseline, idleWithin } from './baseline.ts';
import type { Baseline } from './baseline.ts';

const cheatSheet = 'OWASP Session Management Cheat Sheet';
const section = 'Session Expiration';
const officeDay = absoluteWithin(28_800, 'Signing in again after a working day, 8 hours.', {
  section,
  modality: 'should',
});

/** The cheat sheet's common ranges, and ASVS, which has no numbers but wants limits written down. */
export const owaspBaselines: readonly Baseline[] = [
  baseline(
    { id: 'owasp-high-value', source: cheatSheet, title: 'High-value applications' },
    {
      idle: idleWithin(300, 'An idle time-out of 2 to 5 minutes.', { section, modality: 'should' }),
      absolute: officeDay,
    },
  ),
  baseline(
    { id: 'owasp-low-risk', source: cheatSheet, title: 'Low-risk applications' },
    {
      idle: idleWithin(1800, 'An idle time-out of 15 to 30 minutes.', { section, modality: 'should' }),
      absolute: officeDay,
    },
  ),
  baseline(
    { id: 'asvs-5-l2', source: 'OWASP ASVS 5.0.0', title: 'Level 2' },
    {
      idle: asks(
        { kind: 'written', fields: ['session_idle', 'refresh_idle'] },
        'There is an inactivity time-out, as documented.',
        '7.1.1, 7.3.1',
      ),
      absolute: asks(
        { kind: 'written', fields: ['session_absolute'] },
        'There is an absolute maximum session lifetime, as documented.',
        '7.1.1, 7.3.2',
      ),
      refresh_absolute: asks(
        { kind: 'written', fields: ['refresh_absolute'] },
        'Refresh tokens have an absolute expiration.',
        '10.4.8',
      ),
      mfa: asks({ kind: 'mfa' }, 'Multi-factor authentication.', '6.3.3'),
      otp_once: asks({ kind: 'code_once' }, 'A one-time code is used once.', '6.5.1'),
      otp_lifetime: asks(
        { kind: 'totp_lifetime', seconds: 30 },
        'A time-based one-time code lives 30 seconds at most.',
        '6.5.5',
      ),
      session_token: asks(
        { kind: 'session_secret_bits', least: 128 },
        'A reference token of a session has at least 128 random bits.',
        '7.2.3',
      ),
      code_lifetime: asks(
        { kind: 'authorization_code_lifetime', seconds: 600 },
        'An authorization code lives 10 minutes at most.',
        '10.4.3',
      ),
    },
  ),
];
