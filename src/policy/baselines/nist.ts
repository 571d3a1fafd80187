import { absoluteWithin, asks, baseline, idleWithin } from './baseline.ts';
import type { Baseline, Requirement } from './baseline.ts';

const revision3 = 'NIST SP 800-63B (revision 3)';
const revision4 = 'NIST SP 800-63B-4';
const mfa = (section: string) => asks({ kind: 'mfa' }, 'Two factors at every sign-in.', section);

/** What revision 4 asks of every level: of sessions (§5.1) and of guessing (§3.2.2). */
const everywhere: Record<string, Omit<Requirement, 'id'>> = {
  presence: asks(
    { kind: 'presence' },
    'An access token, and so a refresh, is not taken for a sign that the person is there.',
    '5.1.2',
  ),
  session_secret: asks(
    { kind: 'session_secret_bits', least: 64 },
    'The session secret has at least 64 random bits.',
    '5.1',
  ),
  cookie_secure: asks({ kind: 'cookie_secure' }, 'The session cookie is sent over TLS alone.', '5.1.1'),
  cookie_scope: asks(
    { kind: 'cookie_scope' },
    'The session cookie is out of reach for scripts, other sites and other hosts.',
    '5.1.1',
    'should',
  ),
  attempts: asks(
    { kind: 'attempts_in_a_row', most: 100 },
    'At most 100 failed attempts in a row; then that authenticator is disabled.',
    '3.2.2',
  ),
};
const otpOnce = asks({ kind: 'code_once' }, 'A one-time password is accepted once.', '3.1.4.2');

/** NIST SP 800-63B in both editions. They are never mixed in one baseline. */
export const nistBaselines: readonly Baseline[] = [
  baseline(
    { id: 'nist-63b4-aal1', source: revision4, title: 'AAL1' },
    {
      absolute: absoluteWithin(2_592_000, 'Signing in again after 30 days at most.', {
        section: '2.1.3',
        modality: 'should',
      }),
      ...everywhere,
    },
  ),
  baseline(
    { id: 'nist-63b4-aal2', source: revision4, title: 'AAL2' },
    {
      idle: idleWithin(3600, 'An inactivity time-out of 1 hour at most.', {
        section: '2.2.3',
        modality: 'should',
      }),
      absolute: absoluteWithin(86_400, 'Signing in again after 24 hours at most.', {
        section: '2.2.3',
        modality: 'should',
      }),
      mfa: mfa('2.2'),
      phishing_resistant_option: asks(
        { kind: 'phishing_resistant_option' },
        'At least one option to sign in is phishing-resistant.',
        '2.2.2',
      ),
      otp_once: otpOnce,
      ...everywhere,
    },
  ),
  baseline(
    { id: 'nist-63b4-aal3', source: revision4, title: 'AAL3' },
    {
      idle: idleWithin(900, 'An inactivity time-out of 15 minutes at most.', {
        section: '2.3.3',
        modality: 'should',
      }),
      absolute: absoluteWithin(43_200, 'Signing in again after 12 hours at most.', {
        section: '2.3.3',
        modality: 'must',
      }),
      mfa: asks(
        { kind: 'phishing_resistant_mfa' },
        'Two factors at every sign-in, of which one is phishing-resistant.',
        '2.3',
      ),
      otp_once: otpOnce,
      ...everywhere,
    },
  ),
  baseline(
    { id: 'nist-63b3-aal1', source: revision3, title: 'AAL1' },
    {
      absolute: absoluteWithin(2_592_000, 'Signing in again after 30 days at most.', {
        section: '4.1.3',
        modality: 'should',
      }),
    },
  ),
  baseline(
    { id: 'nist-63b3-aal2', source: revision3, title: 'AAL2' },
    {
      idle: idleWithin(1800, 'Signing in again after 30 minutes without activity.', {
        section: '4.2.3',
        modality: 'must',
      }),
      absolute: absoluteWithin(43_200, 'Signing in again after 12 hours at most.', {
        section: '4.2.3',
        modality: 'must',
      }),
      mfa: mfa('4.2'),
    },
  ),
  baseline(
    { id: 'nist-63b3-aal3', source: revision3, title: 'AAL3' },
    {
      idle: idleWithin(900, 'Signing in again after 15 minutes without activity.', {
        section: '4.3.3',
        modality: 'must',
      }),
      absolute: absoluteWithin(43_200, 'Signing in again after 12 hours at most.', {
        section: '4.3.3',
        modality: 'must',
      }),
      mfa: mfa('4.3'),
    },
  ),
];
