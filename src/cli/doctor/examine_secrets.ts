import type { SecretsAtRest } from '../../credentials/secrets_at_rest.ts';
import { Problem } from '../../domain/problems.ts';
import type { Queryable } from '../../store/database.ts';
import { countSealed, listSealed, sealedColumns } from '../../store/sealed_columns.ts';
import type { SealedColumn, SealedValue } from '../../store/sealed_columns.ts';
import type { SealedFacts } from './check_secrets.ts';

/** So many values of each column are opened for certain; all are counted by the secret that they name. */
const mostOpened = 1000;

/** What is encrypted at rest, by the secret that opens it. */
export async function examineSecrets(db: Queryable, secrets: SecretsAtRest): Promise<SealedFacts[]> {
  const facts: SealedFacts[] = [];
  for (const column of sealedColumns) {
    const counts = await countSealed(db, column);
    const count = (wanted: (keyId: string) => boolean) =>
      counts.reduce((sum, { keyId, count: some }) => (wanted(keyId) ? sum + some : sum), 0);
    const isNewest = (keyId: string) => keyId === secrets.newestId;
    const isKnown = (keyId: string) => secrets.knows(`v1.${keyId}`);
    const values = await listSealed(db, column, mostOpened);
    facts.push({
      name: `${column.table}.${column.column}`,
      newest: count(isNewest),
      older: count((keyId) => isKnown(keyId) && !isNewest(keyId)),
      unknown: count((keyId) => !isKnown(keyId)),
      broken: values.filter((value) => secrets.knows(value.sealed) && !opens(secrets, column, value)).length,
    });
  }
  return facts;
}

function opens(
  secrets: SecretsAtRest,
  { table, column }: SealedColumn,
  { id, sealed }: SealedValue,
): boolean {
  try {
    secrets.open(sealed, `${table}:${column}:${id}`);
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return false;
  }
}
