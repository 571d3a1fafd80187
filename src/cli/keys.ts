import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { createSecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Instant } from '../domain/instants.ts';
import { Problem } from '../domain/problems.ts';
import type { SigningKeyTimes } from '../domain/signing_keys.ts';
import { ensureSigningKeys } from '../operations/ensure_signing_keys.ts';
import { reencryptAtRest } from '../operations/reencrypt_at_rest.ts';
import { removeSigningKey } from '../operations/remove_signing_key.ts';
import { rotateSigningKeys } from '../operations/rotate_signing_keys.ts';
import { findReadyAt } from '../policy/evaluate_key_rotation.ts';
import { alignColumns } from '../reports/align_columns.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { listSigningKeyTimes } from '../store/signing_keys.ts';
import { withDatabase } from './open_database.ts';
import { readSecrets } from './read_secrets.ts';

const whySecret = 'keys are kept under it. That of curfew dev';

export function addKeyCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('the keys that tokens and security events are signed with');
  keys
    .command('list')
    .description('what signs now, what will next, and what is still published')
    .option('--json', 'as one JSON document')
    .action(async (options: { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        const found = (await listSigningKeyTimes(database)).keys;
        const shown = found.map((key) => describeKey(key, found));
        process.stdout.write(
          options.json
            ? `${JSON.stringify(shown, null, 2)}\n`
            : alignColumns(shown.map(cells))
                .map((one) => `${one}\n`)
                .join(''),
        );
      });
    });
  keys
    .command('rotate')
    .description('let the next keys sign, and publish others to be the next')
    .option('--force', 'although they may not be known everywhere: tokens may fail to verify for a while')
    .option('--at-rest', 'instead, encrypt what is kept anew, under the first CURFEW_SECRET')
    .option('--json', 'as one JSON document')
    .action(async (options: { force?: true; atRest?: true; json?: true }, command: Command) => {
      const { force = false, atRest = false } = options;
      if (force && atRest) command.error('error: --force has no meaning with --at-rest');
      const environment = readEnvironment(process.env, 'tool');
      const secrets = createSecretsAtRest(await readSecrets(environment, whySecret));
      await withDatabase(environment, async (database) => {
        if (atRest) return await rotateAtRest(database, secrets, options);
        const configuration = await loadConfiguration(database);
        await ensureSigningKeys(database, secrets, configuration.keys);
        const mode = force ? 'forced' : 'manual';
        const rotated = await database.transaction((tx) =>
          rotateSigningKeys(tx, secrets, { configuration, mode }, { actor: 'operator' }),
        );
        if (options.json) process.stdout.write(`${JSON.stringify(rotated, null, 2)}\n`);
        else
          for (const { purpose, algorithm, current, next } of rotated)
            process.stdout.write(
              `${purpose} ${algorithm}: ${current} signs, ${next} is published to be the next\n`,
            );
      });
    });
  keys
    .command('remove <key-id>')
    .description('publish a previous key that leaked no longer: nothing that it signed verifies from now on')
    .option('--json', 'as one JSON document')
    .action(async (keyId: string, { json }: { json?: true }) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        await database.transaction((tx) => removeSigningKey(tx, keyId, { actor: 'operator' }));
        process.stdout.write(json ? `${JSON.stringify({ keyId })}\n` : `${keyId} is removed\n`);
      });
    });
}

async function rotateAtRest(
  database: Database,
  secrets: SecretsAtRest,
  { json }: { json?: true },
): Promise<void> {
  const columns = await reencryptAtRest(
    database,
    secrets,
    { onProgress: (name, count) => process.stderr.write(`${name}: ${count} encrypted anew\n`) },
    { actor: 'operator' },
  );
  const shown = columns.map(
    ({ name, reencrypted, unreadable, left }) =>
      `${name}: ${reencrypted} encrypted anew, ${left} left, ${unreadable} that no secret opens\n`,
  );
  process.stdout.write(json ? `${JSON.stringify(columns, null, 2)}\n` : shown.join(''));
  const total = (count: 'left' | 'unreadable') => columns.reduce((sum, column) => sum + column[count], 0);
  if (total('unreadable') > 0)
    throw new Problem(
      'secret_wrong',
      `${total('unreadable')} values open with none of CURFEW_SECRET: drop none yet.`,
    );
  if (total('left') > 0)
    throw new Problem(
      'secret_in_use',
      `${total('left')} values are left: run it again before you drop a secret.`,
    );
}

/** A key as it is listed; instants in ISO 8601. */
interface ListedKey {
  keyId: string;
  purpose: string;
  algorithm: string;
  state: SigningKeyTimes['state'];
  createdAt: string;
  /** Of the next key: when every kept copy of the published keys has it. */
  readyAt: string | null;
  activatedAt: string | null;
  replacedAt: string | null;
  publishedUntil: string | null;
}

function describeKey(key: SigningKeyTimes, all: readonly SigningKeyTimes[]): ListedKey {
  const alike = all.filter(
    ({ purpose, algorithm }) => purpose === key.purpose && algorithm === key.algorithm,
  );
  const iso = (at: Instant | null | undefined) => (at == null ? null : new Date(at / 1000).toISOString());
  return {
    keyId: key.keyId,
    purpose: key.purpose,
    algorithm: key.algorithm,
    state: key.state,
    createdAt: iso(key.createdAt) ?? '',
    readyAt: key.state === 'next' ? iso(findReadyAt(alike)) : null,
    activatedAt: iso(key.activatedAt),
    replacedAt: iso(key.replacedAt),
    publishedUntil: iso(key.publishedUntil),
  };
}

function cells({
  keyId,
  purpose,
  algorithm,
  state,
  readyAt,
  activatedAt,
  publishedUntil,
}: ListedKey): string[] {
  const moment = {
    next: `may sign from ${readyAt ?? '-'}`,
    current: `signs since ${activatedAt ?? '-'}`,
    previous: `published until ${publishedUntil ?? '-'}`,
  }[state];
  return [keyId, purpose, algorithm, state, moment];
}
