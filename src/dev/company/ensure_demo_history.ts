import { addSeconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { holdsDemoData } from '../../reports/holds_demo_data.ts';
import { holdSealing } from '../../store/audit_seals.ts';
import { loadConfiguration } from '../../store/configuration.ts';
import type { Database } from '../../store/database.ts';
import { readNow } from '../../store/sessions.ts';
import { demoDepartments } from './departments.ts';
import { simulateCompany } from './simulate_company.ts';
import { writeHistory } from './write_history.ts';

const seed = 20_260_101;
const days = 30;

/**
 * Give a new database a month of the demo company's history, once, also where several start at the same time. A
 * trail that was sealed before is left as it is. Returns whether it holds the history now.
 */
export async function ensureDemoHistory(database: Database): Promise<boolean> {
  return await database.transaction(async (tx) => {
    const wasSealed = await holdSealing(tx);
    if (await holdsDemoData(tx)) return true;
    if (wasSealed) return false;
    const configuration = await loadConfiguration(tx);
    const departments = demoDepartments.filter(({ name }) => configuration.roles.has(name));
    const firstMidnight = addSeconds(lastMidnight(await readNow(tx)), -days * dayLength);
    const history = simulateCompany({ seed, departments, configuration, firstMidnight, days });
    await writeHistory(tx, history, seed);
    return true;
  });
}

const dayLength = 86_400;

/** A midnight UTC so long ago that whatever was open then is over by its limits: at most half a day. */
function lastMidnight(now: Instant): Instant {
  const late = addSeconds(now, -dayLength / 2);
  return late - (late % (dayLength * 1_000_000));
}
