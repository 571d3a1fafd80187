/** Runs work of which only so much may be under way at once; the rest waits in line, first come first served. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function takeTurns(most: number): InTurn {
  const line: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever is next takes over this turn.
      const next = line.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
