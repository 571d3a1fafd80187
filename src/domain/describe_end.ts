import { describeDuration } from './durations.ts';
import type { End } from './facts.ts';

/** Why a session ended, as a sentence to the person whose it was. */
export function describeEnd({ reason, limit, note }: End): string {
  switch (reason) {
    case 'idle_timeout':
      return `You were signed out after ${describeDuration(limit ?? 0)} without activity.`;
    case 'absolute_timeout':
      return `You were signed out because a sign-in lasts ${describeDuration(limit ?? 0)} at most.`;
    case 'signed_out':
      return 'This browser was signed out, here or from another one.';
    case 'credential_changed':
      return 'You were signed out because a password or factor of your account was changed.';
    case 'session_limit':
      return 'You were signed out because your account was signed in in too many places.';
    case 'replaced':
      return 'You were signed out because another account signed in in this browser.';
    case 'ended_by_operator':
      return note === undefined
        ? 'You were signed out by an operator.'
        : `You were signed out by an operator, who says: “${note}”`;
    case 'account_disabled':
      return 'You were signed out because your account is disabled.';
    default:
      return 'You were signed out.';
  }
}
