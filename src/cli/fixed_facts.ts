import type { Environment } from '../config/environment.ts';
import { totpLifetime } from '../credentials/totp.ts';
import { sessionCookie } from '../provider/session_cookie.ts';
import { codeSeconds, requestUriSeconds } from '../provider/token_lifetimes.ts';
import type { FixedFacts } from '../reports/report_compliance.ts';
import { mostFailures } from '../store/second_factors.ts';

/** What this version does in this environment, whatever the configuration says, as far as baselines speak of it. */
export function fixedFacts({
  issuer,
  databaseUrl,
  totpPastSteps,
}: Partial<Pick<Environment, 'issuer' | 'databaseUrl'>> & {
  totpPastSteps?: number | undefined;
}): FixedFacts {
  // The production server takes an https issuer alone; the embedded database is that of `curfew dev`.
  const servedAt = issuer ?? (databaseUrl ? 'https:' : 'http:');
  const { name, secretBits, options } = sessionCookie(servedAt);
  const { secure, httpOnly, sameSite } = options;
  return {
    passwordsInARow: undefined,
    codesInARow: mostFailures,
    isCodeTakenOnce: true,
    totpLifetime: totpLifetime(totpPastSteps),
    authorizationCodeLifetime: codeSeconds,
    requestUriLifetime: requestUriSeconds,
    sessionCookie: { name, secretBits, secure, httpOnly, sameSite },
    offersPhishingResistance: true,
  };
}
