import fc from 'fast-check';
import { deadlinesOf, listDeadlines } from '../gate/ends.ts';
import { codeSeconds } from '../gate/exchange.ts';
import { familySubject, limitOf, mfaAgeFor, proofOf } from '../gate/limits.ts';
import { second } from '../gate/world.ts';
import type { Family, World } from '../gate/world.ts';
import { command, pass } from './command.ts';
import type { GateCommand } from './command.ts';

/** Microseconds beside a moment that matters: at it, just before or after, or a second away. */
export const besideBoundary: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom(-1, 1) },
  fc.constantFrom(-second, second),
);

/** What comes next happens at such a moment. */
const toBoundary = fc
  .record({
    which: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.nat(2) },
      fc.nat(12),
    ),
    beside: besideBoundary,
  })
  .map(({ which, beside }) =>
    command(`wait for boundary ${which}, ${beside} us beside it`, async (world, real) => {
      const boundaries = listBoundaries(world);
      const boundary = boundaries[Math.min(which, boundaries.length - 1)];
      // The next command runs a microsecond later.
      if (boundary !== undefined) await pass(world, real, boundary + beside - 1);
    }),
  );

const forSeconds = fc
  .constantFrom(1, 2, 5, 10, 30, 59, 60)
  .map((seconds) =>
    command(`wait ${seconds} s`, async (world, real) => pass(world, real, world.now + seconds * second - 1)),
  );

export const waitCommand: fc.Arbitrary<GateCommand> = fc.oneof(
  { weight: 3, arbitrary: toBoundary },
  { weight: 2, arbitrary: forSeconds },
);

/** All moments ahead at which an answer changes, the nearest first. */
function listBoundaries(world: World): number[] {
  const codes = world.codes
    .filter(({ family }) => !family)
    .map(({ issuedAt }) => issuedAt + codeSeconds * second);
  const families = world.families
    .filter(({ end }) => !end)
    .flatMap((family) => familyBoundaries(world, family));
  const ahead = [...listDeadlines(world), ...codes, ...families].filter((moment) => moment > world.now + 1);
  return [...new Set(ahead)].toSorted((a, b) => a - b);
}

/** When an answer to a family's token may change. */
export function familyBoundaries(world: World, family: Family): number[] {
  const subject = familySubject(family);
  const overlap = limitOf(world, subject, 'refresh_overlap').value;
  const rotatedAt = family.tokens.at(-2)?.rotation?.at;
  const retries = rotatedAt === undefined ? [] : [2, overlap].map((seconds) => rotatedAt + seconds * second);
  const { idle, absolute } = deadlinesOf(world, family);
  const mfaAt = proofOf(world, subject, family);
  const ages =
    mfaAt === undefined ? [] : [...family.scopes].flatMap((scope) => mfaAgeFor(world, subject, scope) ?? []);
  return [idle, absolute, ...retries, ...ages.map((age) => (mfaAt ?? 0) + age * second)];
}
