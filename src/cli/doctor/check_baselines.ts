import type { Deviation } from '../../domain/deviations.ts';
import type { DatedCompliance } from '../../reports/report_compliance.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** A deviation that ends within so many days is told ahead. */
const aheadDays = 30;

const { good, warning, wrong } = findingsOf('baselines');

/** What policies claim against what they are, and the deviations that justify the difference. */
export function checkBaselines({ day, rows, counts, unused }: DatedCompliance): Finding[] {
  const found: Finding[] = [];
  const expired = listDeviations(rows, 'fail');
  for (const { name, requirement, until } of expired)
    found.push(
      wrong(
        `The deviation ${name} from ${requirement} ended on ${until}.`,
        'Meet the requirement, or justify it anew.',
      ),
    );
  const missed = rows.filter(({ verdict, deviation }) => verdict === 'fail' && !deviation);
  if (missed.length > 0)
    found.push(
      wrong(
        `${missed.length} requirements are neither met nor justified, such as ${missed[0]?.requirement}.`,
        'See curfew report compliance.',
      ),
    );
  for (const { name, until } of listDeviations(rows, 'justified')) {
    const days = (Date.parse(until) - Date.parse(day)) / 86_400_000;
    if (days <= aheadDays)
      found.push(
        warning(
          `The deviation ${name} ends on ${until}.`,
          'Meet the requirement by then, or justify it anew.',
        ),
      );
  }
  const idle = unused.filter((name) => !expired.some((deviation) => deviation.name === name));
  if (idle.length > 0)
    found.push(
      warning(`Deviations that justify nothing: ${idle.join(', ')}.`, 'Remove them from the configuration.'),
    );
  if (found.length > 0) return found;
  if (rows.length === 0) return [good('No policy claims one.')];
  return [good(`${counts.pass} requirements are met, ${counts.justified} justified.`)];
}

function listDeviations(rows: DatedCompliance['rows'], verdict: 'fail' | 'justified'): Deviation[] {
  const named = rows.flatMap((row) => (row.verdict === verdict && row.deviation ? [row.deviation] : []));
  return [...new Map(named.map((deviation) => [deviation.name, deviation])).values()];
}
