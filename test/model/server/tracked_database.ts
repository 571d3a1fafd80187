import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from '../../../src/store/database.ts';

export interface TrackedDatabase {
  database: Database;
  /** Resolves when nothing that was begun by itself is under way any more. */
  idle(): Promise<void>;
}

/** A database that knows how much of it is in use: what an instance does when it starts, it does unasked. */
export function trackDatabase(database: Database): TrackedDatabase {
  let pending = 0;
  const track = async <Result>(work: Promise<Result>): Promise<Result> => {
    pending += 1;
    try {
      return await work;
    } finally {
      pending -= 1;
    }
  };
  return {
    database: {
      query: (statement, values) => track(database.query(statement, values)),
      transaction: (work, options) => track(database.transaction(work, options)),
      tell: (news) => database.tell(news),
      listen: (listener) => database.listen(listener),
      pool: () => database.pool(),
      end: () => database.end(),
    },
    async idle() {
      // Whatever goes on after a query does so before the next turn of the loop.
      for (let quiet = 0; quiet < 3; quiet = pending === 0 ? quiet + 1 : 0) await turn();
    },
  };
}
