import fc from 'fast-check';
import { familySubject, limitOf } from '../gate/limits.ts';
import { second } from '../gate/world.ts';
import { compare } from '../server/compare.ts';
import { command, counter, pass, pick } from './command.ts';
import type { GateCommand } from './command.ts';
import { doRefresh, refreshChoice, resolveRefresh } from './refresh_commands.ts';
import { besideBoundary, familyBoundaries } from './wait_command.ts';

/** A family is refreshed at one of its own limits, or just beside it. */
export const refreshAtBoundary: fc.Arbitrary<GateCommand> = fc
  .record({ choice: refreshChoice, which: fc.nat(5), beside: besideBoundary })
  .map(({ choice, which, beside }) =>
    command(
      `at boundary ${which}, ${beside} us beside it, refresh ${JSON.stringify(choice)}`,
      async (world, real) => {
        const family = pick(world.families, choice.family);
        if (!family) return;
        const ahead = familyBoundaries(world, family).filter((moment) => moment + beside > world.now);
        const boundary = pick(ahead, which);
        if (boundary !== undefined) await pass(world, real, boundary + beside);
        await doRefresh(world, real, resolveRefresh(world, choice), choice.instance);
      },
      (world) => world.families.length > 0,
    ),
  );

/** When a retry comes: at once, at the end of the free retries, or at the end of the overlap. */
const retryMoment = fc.record({
  after: fc.constantFrom('nothing', 'nothing', 'the free seconds', 'the overlap'),
  beside: besideBoundary,
});

/** As many retries as are counted, or one more or less, and then the end of the overlap. */
const countedRetries = fc
  .record({ count: fc.integer({ min: 3, max: 6 }), beside: besideBoundary })
  .map(({ count, beside }) => [
    { after: 'the free seconds', beside: 0 },
    ...Array.from({ length: count }, () => ({ after: 'nothing', beside: 0 })),
    { after: 'the overlap', beside },
  ]);

/** A token is refreshed and then presented again and again, as a client does that never gets its answer. */
export const retryCommand: fc.Arbitrary<GateCommand> = fc
  .record({
    choice: refreshChoice,
    retries: fc.oneof(fc.array(retryMoment, { minLength: 1, maxLength: 9 }), countedRetries),
  })
  .map(({ choice, retries }) =>
    command(
      `retry ${JSON.stringify(retries)} of refresh ${JSON.stringify(choice)}`,
      async (world, real) => {
        const request = resolveRefresh(world, choice);
        await doRefresh(world, real, request, choice.instance);
        await compare(world, real);
        for (const { after, beside } of retries) {
          counter.commands += 1;
          const rotatedAt = request.token?.rotation?.at;
          const family = request.token?.family;
          if (rotatedAt === undefined || !family) return;
          const overlap = limitOf(world, familySubject(family), 'refresh_overlap').value;
          const seconds = { nothing: 0, 'the free seconds': 2, 'the overlap': overlap }[after] ?? 0;
          const moment = seconds === 0 ? world.now + 1 : rotatedAt + seconds * second + beside;
          await pass(world, real, Math.max(world.now + 1, moment));
          await doRefresh(world, real, request, choice.instance);
          await compare(world, real);
        }
      },
      (world) => world.families.length > 0,
    ),
  );
