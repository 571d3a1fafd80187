/** Chance that comes again with the same seed. */
export interface SeededRandom {
  /** At least `from`, less than `below`; not whole. */
  between(from: number, below: number): number;
  /** true so many times of 1. */
  happens(share: number): boolean;
  /** At least `from`, less than `below`. */
  integer(from: number, below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  shuffle<Item>(items: readonly Item[]): Item[];
  /** Chance of its own for something that runs beside. */
  fork(): SeededRandom;
}

/** Mulberry32: 32 bits of state, even enough for tests and made-up people. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, below: number) => from + Math.floor(next() * (below - from));
  return {
    between: (from, below) => from + next() * (below - from),
    happens: (share) => next() < share,
    integer,
    pick<Item>(items: readonly Item[]): Item {
      const item = items[integer(0, items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    shuffle<Item>(items: readonly Item[]): Item[] {
      const drawn = items.map((item) => ({ item, at: next() }));
      return drawn.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
    },
    fork: () => createSeededRandom(integer(0, 2 ** 32)),
  };
}
