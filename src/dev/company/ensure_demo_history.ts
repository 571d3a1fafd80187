import { addSeconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { lockUnsealedTrail } from '../../store/audit_seals.ts';
import { loadConfiguration } from '../../store/configuration.ts';
import type { Database } from '../../store/database.ts';
import { readNow } from '../../store/sessions.ts';
import { demoDepartments } from './departments.ts';
import { simulateCompany } from './simulate_company.ts';
import { writeHistory } from './write_history.ts';

const seed = 20_260_101;
const days = 30;

/**
 * Give a new database a month of the demo company's history. Once: a trail that has a seal, or the history, is
 * left as it is, also where several start at the same time.
 */
export async function ensureDemoHistory(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    if (!(await lockUnsealedTrail(tx, 'demo.history_written'))) return;
    const configuration = await loadConfiguration(tx);
    const departments = demoDepartments.filter(({ name }) => configuration.roles.has(name));
    const firstMidnight = addSeconds(lastMidnight(await readNow(tx)), -days * dayLength);
    const history = simulateCompany({ seed, departments, configuration, firstMidnight, days });
    await writeHistory(tx, history, seed);
  });
}

const dayLength = 86_400;

/** A midnight UTC so long ago that whatever was open then is over by its limits: at most half a day. */
function lastMidnight(now: Instant): Instant {
  const late = addSeconds(now, -dayLength / 2);
  return late - (late % (dayLength * 1_000_000));
}
