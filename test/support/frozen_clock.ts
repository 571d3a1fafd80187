import { asOwner, giveSchemaToOwner } from './owner.ts';
import { sql } from './sql.ts';
import type { TestDatabase } from './database.ts';

export interface FrozenClock {
  /** The database's clock shows this moment, and stays there: seconds after `frozenEpoch`. */
  set(seconds: number): Promise<void>;
}

/** Microseconds since the Unix epoch. */
export const frozenEpoch = Date.UTC(2026, 0, 1) * 1000;

/** Stop the clock of one test database, so that limits can be met to the microsecond. */
export async function freezeClock(test: TestDatabase): Promise<FrozenClock> {
  await giveSchemaToOwner(test);
  await asOwner(
    test.ownerUrl,
    `create table frozen_clock (moment timestamptz not null);
     insert into frozen_clock values (from_micros(${frozenEpoch}));
     grant select, update on frozen_clock to curfew_server;
     create or replace function curfew_now() returns timestamptz language sql volatile
       as 'select moment from frozen_clock';`,
  );
  return {
    async set(seconds) {
      const moment = frozenEpoch + Math.round(seconds * 1e6);
      await sql(test.database, 'update frozen_clock set moment = from_micros($1)', moment);
    },
  };
}
