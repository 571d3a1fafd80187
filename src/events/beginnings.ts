import type { Seal } from '../store/audit_seals.ts';

/** What seals tell of when transactions began: those of higher numbers than a sealing's own, after its moment. */
export interface Beginnings {
  add(seal: Pick<Seal, 'began' | 'sealedAt'>): void;
  /** The moment, in microseconds, before which the transaction had not begun; undefined where no seal tells. */
  findEarliest(xact: string): number | undefined;
}

/** Transactions that ran through more sealings than these are not judged. */
const mostKept = 1000;

export function createBeginnings(): Beginnings {
  const known: { began: bigint; sealedAt: number }[] = [];
  return {
    add({ began, sealedAt }) {
      const number = BigInt(began);
      if (known.at(-1)?.began === number) return;
      known.push({ began: number, sealedAt });
      if (known.length > mostKept) known.shift();
    },
    findEarliest(xact) {
      const number = BigInt(xact);
      return known.findLast(({ began }) => began < number)?.sealedAt;
    },
  };
}
