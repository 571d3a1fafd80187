import { describeDuration } from '../domain/durations.ts';
import { fromEpochMilliseconds, wholeSecondsBetween } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';

/** "You can try again in 2 minutes." */
export function describeWait(until: Instant): string {
  return describeSecondsToWait(wholeSecondsBetween(fromEpochMilliseconds(Date.now()), until) + 1);
}

export function describeSecondsToWait(seconds: number): string {
  return `You can try again in ${describeDuration(Math.ceil(seconds))}.`;
}

/** Why a code of an authenticator was not taken. */
export function describeRefusedCode(reason: 'wrong' | 'used' | 'disabled'): string {
  if (reason === 'used') return 'This code was used already. Wait for the next one.';
  if (reason === 'disabled') return 'No code of your app is taken any more. Use a recovery code.';
  return 'The code is not right. Check the clock of your device, and try the code shown now.';
}
