import type { AsyncCommand } from 'fast-check';
import { moveTo } from '../gate/operate.ts';
import type { World } from '../gate/world.ts';
import { compare } from '../server/compare.ts';
import type { Real } from '../server/real.ts';

export type GateCommand = AsyncCommand<World, Real>;

/** How many commands have been run in this process. */
export const counter = { commands: 0 };

/**
 * A command as fast-check wants it. Each runs a microsecond after the last, so that no two things happen at
 * one moment by accident; afterwards everything stored is compared.
 */
export function command(
  describe: string,
  run: (world: World, real: Real) => Promise<void>,
  check: (world: Readonly<World>) => boolean = () => true,
): GateCommand {
  return {
    check,
    toString: () => describe,
    async run(world, real) {
      counter.commands += 1;
      await pass(world, real, world.now + 1);
      await run(world, real);
      await compare(world, real);
    },
  };
}

/** Time passes, in the model and on the stage. */
export async function pass(world: World, real: Real, moment: number): Promise<void> {
  moveTo(world, moment);
  await real.stage.clock.moveTo(world.now);
}

/** The entry that a number stands for, the latest first: small numbers are frequent, and the latest interesting. */
export function pick<Entry>(entries: readonly Entry[], number: number): Entry | undefined {
  return entries.at(-1 - (number % Math.max(1, entries.length)));
}
