import type { Authenticators } from '../account/dependencies.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { SecondFactors } from '../interactions/dependencies.ts';
import { beginTotpEnrolment, confirmTotpEnrolment, mayEnrol } from '../operations/enrol_totp.ts';
import { maySetUpFirst } from '../operations/may_set_up_first.ts';
import { removeSecondFactors } from '../operations/remove_second_factors.ts';
import { useRecoveryCode } from '../operations/use_recovery_code.ts';
import { verifyTotp } from '../operations/verify_totp.ts';
import type { Database } from '../store/database.ts';
import { listTotpFactors, mostTotpFactors } from '../store/second_factors.ts';

/** Authenticator apps and recovery codes, on the way to an app. */
export function buildSecondFactors(
  database: Database,
  atRest: SecretsAtRest,
  currentConfiguration: () => Configuration,
  pastSteps: number | undefined,
): SecondFactors {
  return {
    async totpState(accountId) {
      const factors = await listTotpFactors(database, accountId);
      if (factors.length === 0) return 'none';
      return factors.every(({ disabled }) => disabled) ? 'disabled' : 'active';
    },
    verifyTotp: (attempt, origin) => verifyTotp(database, atRest, { ...attempt, pastSteps }, origin),
    useRecoveryCode: (attempt, origin) => useRecoveryCode(database, attempt, origin),
    async removeAll(account, origin) {
      const configuration = currentConfiguration();
      await database.transaction((tx) => removeSecondFactors(tx, configuration, account, origin));
    },
    maySetUpFirst: (owner) => maySetUpFirst(database, owner),
    mayEnrol: (owner) => mayEnrol(database, owner),
    beginEnrolment: (owner, label) => beginTotpEnrolment(database, atRest, owner, label),
    confirmEnrolment: (attempt, origin) =>
      confirmTotpEnrolment(database, atRest, attempt, origin, { pastSteps }),
  };
}

/** Authenticator apps on the account pages. */
export function buildAuthenticators(
  database: Database,
  atRest: SecretsAtRest,
  pastSteps: number | undefined,
): Authenticators {
  const most = mostTotpFactors;
  return {
    verifyTotp: (attempt, origin) => verifyTotp(database, atRest, { ...attempt, pastSteps }, origin),
    beginEnrolment: (owner, label) => beginTotpEnrolment(database, atRest, owner, label),
    confirmEnrolment: (attempt, origin) =>
      confirmTotpEnrolment(database, atRest, attempt, origin, { most, pastSteps }),
  };
}
