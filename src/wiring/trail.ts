import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { AdminDependencies } from '../admin/dependencies.ts';
import { Problem } from '../domain/problems.ts';
import { exportTrail } from '../events/export_trail.ts';
import { verifyTrail } from '../events/verify_trail.ts';
import { readTrail } from '../store/audit_verification.ts';
import type { Database } from '../store/database.ts';

/**
 * The trail for operators elsewhere. An export holds no connection while whoever reads it is slow: each read is a
 * snapshot of its own, and what is sealed when it begins is in it. A verification holds one as long as it takes, so
 * that there is one at a time.
 */
export function buildTrail(
  database: Database,
  atRest: SecretsAtRest,
): Pick<AdminDependencies, 'exportTrail' | 'verifyTrail'> {
  let isVerifying = false;
  return {
    exportTrail: (filter) => exportTrail((work) => readTrail(database, work), filter),
    async verifyTrail(asked) {
      if (isVerifying)
        throw new Problem('verification_running', 'The trail is being verified already. Ask again later.');
      isVerifying = true;
      try {
        return await verifyTrail(database, atRest, asked);
      } finally {
        isVerifying = false;
      }
    },
  };
}
