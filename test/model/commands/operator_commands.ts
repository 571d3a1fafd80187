import fc from 'fast-check';
import { sweepOnce } from '../../../src/operations/sweep.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import type { Database } from '../../../src/store/database.ts';
import { sqlOne } from '../../support/sql.ts';
import * as operate from '../gate/operate.ts';
import { command } from './command.ts';
import type { GateCommand } from './command.ts';
import type { Operation } from './operations.ts';

/** An operation by itself, in a transaction of its own. */
export function operationCommand(operation: Operation): GateCommand {
  return command(
    operation.describe,
    async (world, real) => {
      const change = operation.begin(world, real);
      await real.stage.database.transaction((tx) => change.perform(tx));
      change.follow();
      await real.stage.tellInstances();
    },
    operation.isPossible,
  );
}

export const sweepCommand: fc.Arbitrary<GateCommand> = fc.constant(
  command('sweep', async (world, { stage }) => {
    await sweepAll(stage.database);
    operate.sweep(world);
  }),
);

/** An instance ends and starts again, and begins with a sweep. */
export const restartCommand: fc.Arbitrary<GateCommand> = fc.nat(1).map((instance) =>
  command(`restart instance ${instance}`, async (world, { stage }) => {
    await stage.restart(instance);
    operate.sweep(world);
  }),
);

const anythingDue = `
  select exists (select from check_walks) or exists (select from families where ended_at is null and check_at <= curfew_now())
    or exists (select from sessions where ended_at is null and account_id is not null
               and check_at <= curfew_now()) as due`;

/** Sweep until nothing is due, whoever else sweeps. */
async function sweepAll(database: Database): Promise<void> {
  while ((await sqlOne<{ due: boolean }>(database, anythingDue)).due)
    await sweepOnce(database, () => loadConfiguration(database), 100);
}
