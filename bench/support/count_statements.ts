/**
 * Loaded into a server's process before the server: counts the statements that it sends to PostgreSQL
 * once it is asked to, by name. Until then nothing is in the way of what is measured.
 */
import pg from 'pg';
import { answerQuestion } from './answer_questions.ts';

const counts: Record<string, number> = {};

function startCounting(): void {
  const query = pg.Client.prototype.query as (this: pg.Client, ...given: unknown[]) => unknown;
  pg.Client.prototype.query = function counted(this: pg.Client, ...given: unknown[]) {
    const name = nameOf(given[0]);
    counts[name] = (counts[name] ?? 0) + 1;
    return query.apply(this, given);
  } as typeof pg.Client.prototype.query;
}

/** The name of a prepared statement, or the first words of another. */
function nameOf(statement: unknown): string {
  const { name, text } = typeof statement === 'string' ? { text: statement } : (statement as pg.QueryConfig);
  return name ?? text.trim().slice(0, 30);
}

answerQuestion('count statements', startCounting);
answerQuestion('counted statements', () => counts);
