import { formatDuration } from '../../domain/durations.ts';
import type { Check } from './baseline.ts';
import type { RunningFacts } from './running_facts.ts';

/** How a running server misses what is asked for, a phrase each; undefined: it is limits that this asks about. */
export function checkRunning(check: Check, facts: RunningFacts): string[] | undefined {
  switch (check.kind) {
    case 'phishing_resistant_option':
      return facts.offersPhishingResistance ? [] : ['no factor that resists phishing can be set up'];
    case 'password_attempts':
      return tellAttempts(check, facts);
    case 'attempts_in_a_row':
      return [
        ...tellInARow('the password', facts.passwordsInARow, check.most),
        ...tellInARow('an authenticator app', facts.codesInARow, check.most),
      ];
    case 'code_once':
      return facts.isCodeTakenOnce ? [] : ['a code can be used again while it is valid'];
    case 'totp_lifetime':
      return tellLonger('a code is taken for', facts.totpLifetime, check.seconds);
    case 'authorization_code_lifetime':
      return tellLonger('an authorization code lives', facts.authorizationCodeLifetime, check.seconds);
    case 'request_uri_lifetime':
      return tellLonger('a pushed authorization request lives', facts.requestUriLifetime, check.seconds);
    case 'bound_tokens':
      return facts.unboundClients.map(
        (id) => `tokens of ${id} are bound to no key (dpop_bound_access_tokens)`,
      );
    case 'unrotated':
      return facts.rotatingClients.map((id) => `refresh tokens of ${id} are rotated (refresh_rotation)`);
    case 'session_secret_bits': {
      const { secretBits } = facts.sessionCookie;
      return secretBits >= check.least ? [] : [`the session secret has ${secretBits} bits`];
    }
    case 'cookie_secure':
      return facts.sessionCookie.secure ? [] : ['the session cookie lacks Secure: the issuer is not https'];
    case 'cookie_scope':
      return tellScope(facts.sessionCookie);
    default:
      return undefined;
  }
}

function tellAttempts(
  { most, lockSeconds = 0 }: { most: number; lockSeconds?: number },
  { passwordAttempts }: RunningFacts,
): string[] {
  const { most: letThrough, seconds } = passwordAttempts;
  const where = 'rate_limits.sign_in_account';
  return [
    ...(letThrough > most ? [`${letThrough} wrong passwords lock an account, not ${most} (${where})`] : []),
    ...(seconds < lockSeconds
      ? [`the lock lasts ${formatDuration(seconds)}, shorter than ${formatDuration(lockSeconds)} (${where})`]
      : []),
  ];
}

function tellInARow(what: string, disabledAfter: number | undefined, most: number): string[] {
  if (disabledAfter === undefined) return [`no number of failed attempts in a row disables ${what}`];
  return disabledAfter <= most
    ? []
    : [`${disabledAfter} failed attempts in a row disable ${what}, not ${most}`];
}

function tellLonger(what: string, seconds: number, most: number): string[] {
  return seconds <= most ? [] : [`${what} ${formatDuration(seconds)}, longer than ${formatDuration(most)}`];
}

function tellScope({ httpOnly, sameSite, name }: RunningFacts['sessionCookie']): string[] {
  return [
    ...(httpOnly ? [] : ['the session cookie lacks HttpOnly']),
    ...(/^(lax|strict)$/i.test(sameSite) ? [] : ['the session cookie lacks SameSite']),
    ...(name.startsWith('__Host-') ? [] : ['the name of the session cookie lacks the prefix __Host-']),
  ];
}
