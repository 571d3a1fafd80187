import type { Baseline, Requirement } from './baseline.ts';
import { fedrampBaselines } from './fedramp.ts';
import { nistBaselines } from './nist.ts';
import { otherBaselines } from './others.ts';
import { owaspBaselines } from './owasp.ts';
import { paymentBaselines } from './payments.ts';

/** Every baseline that a policy can claim, by id. */
export const baselineCatalogue: ReadonlyMap<string, Baseline> = new Map(
  [nistBaselines, fedrampBaselines, paymentBaselines, owaspBaselines, otherBaselines]
    .flat()
    .map((entry) => [entry.id, entry]),
);

/** Every requirement of every baseline, by id. */
export const requirementCatalogue: ReadonlyMap<string, Requirement> = new Map(
  [...baselineCatalogue.values()].flatMap(({ requirements }) =>
    requirements.map((entry) => [entry.id, entry]),
  ),
);
