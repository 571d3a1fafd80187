import { endReasons } from '../../domain/reasons.ts';
import type { Measures } from './definitions.ts';

export interface News {
  name: string;
  detail: Record<string, unknown>;
}

/** Why a passkey was refused. */
const passkeyFaults = 'malformed expired unknown foreign invalid not_verified counter'.split(' ');
export const signInFailures: ReadonlySet<string> = new Set([
  'password_wrong',
  'account_unknown',
  'account_disabled',
  ...passkeyFaults.map((fault) => `passkey_${fault}`),
]);
export const factorMethods: ReadonlySet<string> = new Set(['otp', 'recovery_code', 'passkey']);
export const factorFailures: ReadonlySet<string> = new Set([
  'wrong',
  'used',
  'disabled',
  'blocked',
  ...passkeyFaults,
]);
const limitReasons = new Set(['idle_timeout', 'absolute_timeout', 'lease_over']);

/** A value that is known beforehand, or `other`. */
export function known(values: { has(value: string): boolean }, value: unknown): string {
  return typeof value === 'string' && values.has(value) ? value : 'other';
}

const reasons = new Set(Object.keys(endReasons));

/** Count what was committed to the trail. */
export function noteNews(measures: Measures, news: readonly News[]): void {
  for (const { name, detail } of news) note(measures, name, detail);
}

function note(measures: Measures, name: string, detail: Record<string, unknown>): void {
  switch (name) {
    case 'sign_in.succeeded':
      return measures.signIns.labels('succeeded').inc();
    case 'sign_in.failed':
      return measures.signIns.labels(known(signInFailures, detail.reason)).inc();
    case 'mfa.passed':
      return measures.secondFactors.labels(known(factorMethods, detail.method), 'passed').inc();
    case 'recovery_code.used':
      return measures.secondFactors.labels('recovery_code', 'passed').inc();
    case 'mfa.failed': {
      const outcome = known(factorFailures, detail.reason);
      return measures.secondFactors.labels(known(factorMethods, detail.method), outcome).inc();
    }
    case 'session.started':
      return measures.sessionsStarted.inc();
    case 'session.ended':
      return noteEnd(measures, 'session', detail);
    case 'family.ended':
      return noteEnd(measures, 'family', detail);
    default:
  }
}

function noteEnd({ ends, foundLate }: Measures, of: 'session' | 'family', detail: News['detail']): void {
  const reason = known(reasons, detail.reason);
  ends.labels(of, reason).inc();
  if (limitReasons.has(reason)) foundLate.labels(of).observe(Number(detail.found_late_seconds));
}
