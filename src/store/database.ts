import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { copyRows } from './copy_rows.ts';

/** SQL with a name: prepared once a connection under that name. */
export interface Statement {
  name: string;
  text: string;
}

/** Something that was written to the trail. */
export interface News {
  name: string;
  detail: Record<string, unknown>;
}

/** Where statements run: the pool (each its own transaction) or one open transaction. */
export interface Queryable {
  /** Let those who listen to the database know, once what was written is committed; not if it is undone. */
  tell(news: readonly News[]): void;
  query<Row = Record<string, unknown>>(statement: Statement, values?: unknown[]): Promise<Row[]>;
}

export interface Transaction extends Queryable {
  /**
   * The rows of a query in PostgreSQL's text format, a row a line, while they are read. Nothing else runs
   * meanwhile; who stops before the end gives the transaction up.
   */
  copyOut(query: string): AsyncIterable<Buffer>;
}

export interface Database extends Queryable {
  /**
   * Run `work` in one READ COMMITTED transaction; it commits when `work` resolves and rolls back when
   * it throws. A deadlock or serialisation failure runs `work` again, at most three times in all; a single
   * statement on the pool likewise. With `durable: false` its commit does not wait for the disk: for what is
   * done again by itself where a crash takes it back. Whatever commits later and waits takes it along.
   */
  transaction<Result>(
    work: (tx: Transaction) => Promise<Result>,
    options?: { durable?: boolean },
  ): Promise<Result>;
  /** Hear what this process commits to the trail. What a function of the database writes by itself is not told. */
  listen(listener: (news: readonly News[]) => void): void;
  /** How many connections there are, how many of them do nothing, and how many requests wait for one. */
  pool(): { total: number; idle: number; waiting: number };
  end(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** Most connections at once. */
  size: number;
  /** false: unnamed statements, for a PgBouncer without prepared-statement support. */
  prepared: boolean;
  /** Act as this role after connecting: the development server drops the owner's rights with it. */
  role?: string;
  /** Milliseconds after which an answer counts as lost; by default longer than a statement may take. */
  answerTimeout?: number;
  /** Called with the error of an idle connection that died; the pool replaces it by itself. */
  onError: (error: Error) => void;
}

/**
 * Time-outs for a role and a database that have none. Not sent on connecting, since PgBouncer refuses what it
 * does not know there. Where it gives each transaction another connection, only the role's own are sure.
 */
const setTimeouts = `
  select set_config(name, value, false)
  from (values ('statement_timeout', '10s'), ('idle_in_transaction_session_timeout', '15s')) as wanted (name, value)
  where current_setting(name) = '0'`;

/** Milliseconds between two tries, at most, for each try before. */
const longestRest = 20;
const beginUndurable = 'begin; set local synchronous_commit = off';
const retriedCodes = new Set(['40001', '40P01']);

/** Open a pool. Nothing connects before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: 'curfew',
    connectionTimeoutMillis: 5000,
    query_timeout: options.answerTimeout ?? 15_000,
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, its types do not say so
    onConnect: async (client) => void (await client.query(setTimeouts)),
    ...(options.role ? { options: `-c role=${options.role}` } : {}),
  });
  let ending = false;
  // Connections that are being closed may still be cut by a database that stops.
  pool.on('error', (error) => ending || options.onError(error));
  const queryOn = (target: pg.Pool | pg.PoolClient): Queryable['query'] =>
    async function query<Row>(statement: Statement, values: unknown[] = []) {
      const named = options.prepared ? { name: statement.name } : {};
      const result = await target.query({ ...named, text: statement.text, values });
      return result.rows as Row[];
    };

  const listeners: ((news: readonly News[]) => void)[] = [];
  function tell(news: readonly News[]): void {
    if (news.length > 0) for (const listener of listeners) listener(news);
  }

  async function attempt<Result>(work: (tx: Transaction) => Promise<Result>, begin: string): Promise<Result> {
    const client = await pool.connect();
    let broken: Error | undefined;
    // Without a listener, a backend that ends while the transaction is open would end this process.
    const noteBroken = (error: Error) => {
      broken = error;
    };
    client.on('error', noteBroken);
    try {
      await client.query(begin);
      const news: News[] = [];
      const result = await work({
        query: queryOn(client),
        copyOut: (query) => copyRows(client, query, noteBroken),
        tell: (more) => void news.push(...more),
      });
      const { command } = await client.query('commit');
      if (command === 'ROLLBACK') throw new Error('The transaction had failed and was rolled back.');
      tell(news);
      return result;
    } catch (error) {
      if (isOutcomeUnknown(error)) broken = error as Error;
      else if (!broken) await client.query('rollback').catch(noteBroken);
      throw error;
    } finally {
      client.off('error', noteBroken);
      client.release(broken);
    }
  }

  const queryPool = queryOn(pool);
  return {
    query: (statement, values) => retried(() => queryPool(statement, values)),
    tell,
    transaction: (work, { durable = true } = {}) =>
      retried(() => attempt(work, durable ? 'begin' : beginUndurable)),
    listen: (listener) => void listeners.push(listener),
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async end() {
      ending = true;
      await pool.end();
    },
  };
}

/** Run again what lost a deadlock or a serialisation race: nothing of it was written. */
async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= 3 || !retriedCodes.has(sqlState(error) ?? '')) throw error;
      // Two that met once would meet again at once.
      await setTimeout(Math.random() * longestRest * tries);
    }
  }
}

/** PostgreSQL's five-character error code, if the error carries one. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * true when a value cannot be stored at all, as text with a NUL cannot, nor half of a surrogate pair in JSON (all of
 * which we have written ourselves, so that nothing else can be wrong with it): the caller's, not ours.
 */
export function isUnstorable(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  if (state !== '22P02') return ['22021', '22P05'].includes(state);
  return (error as { routine?: string }).routine === 'json_errsave_error';
}

const outageStates = /^(08|40|53|57|58|XX|25006|3D000|28|55000)/;
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EACCES',
  'EAI_AGAIN',
]);

/** true when the database cannot answer now (down, starting, full, cut off), as opposed to a wrong query. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state && outageStates.test(state)) return true;
  if (networkCodes.has((error as NodeJS.ErrnoException).code ?? '')) return true;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  return /timeout exceeded when trying to connect|Connection terminated|not queryable|timeout expired|Query read timeout/i.test(
    error.message,
  );
}

const notSent = 'timeout exceeded when trying to connect';

/**
 * true when nobody can tell whether the statement, or the transaction, was carried out: the connection broke.
 * What the database reports as an ERROR it has undone, and what waited for a connection was never sent.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!isOutage(error)) return false;
  const { severity, message } = error as { severity?: string; message: string };
  return severity !== 'ERROR' && message !== notSent;
}
