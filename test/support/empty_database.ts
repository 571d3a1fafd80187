import { randomBytes } from 'node:crypto';
import { ownerRole } from '../../src/dev/prepare_database.ts';
import { asAdmin } from './database.ts';

export interface EmptyDatabase {
  ownerUrl: string;
  drop(): Promise<void>;
}

/** A database that nothing was migrated into, and whose clock is the real one. Drop it in `after`. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${name} owner ${ownerRole}`);
  return {
    ownerUrl: (process.env.TEST_POSTGRES_OWNER_URL ?? '').replace('DATABASE', name),
    drop: () => asAdmin(`drop database ${name} with (force)`),
  };
}
