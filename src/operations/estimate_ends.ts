import { randomInt } from 'node:crypto';
import type { Configuration } from '../domain/configuration.ts';
import type { End } from '../domain/facts.ts';
import { findSoonerEnds } from '../policy/find_sooner_ends.ts';
import type { SoonerEnds } from '../policy/find_sooner_ends.ts';
import type { Swept } from '../store/check_walks.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenFamilies } from '../store/families.ts';
import { listOpenCheckedWithin, listOpenOf, listOpenOnPages, measureOpen } from '../store/open_rows.ts';
import { listOpenSessionsById, readNow } from '../store/sessions.ts';
import { countEndsAmong, createEndTally } from './count_ends.ts';
import type { EndCount } from './count_ends.ts';
import { findFamilyEnd, findSessionEnd } from './end_access.ts';

/** A number, and between which two it most likely is: with 95 % probability, or, where all three are the same, for sure. */
export interface CountRange {
  count: number;
  from: number;
  to: number;
}

/** What a change would end. */
export interface EndsEstimate {
  ends: EndCount[];
  /** Whether it is so to the row; else a sample was looked at, and all numbers are estimates. */
  isExact: boolean;
  sessions: CountRange;
  families: CountRange;
}

/** A change, and whether all was walked through before it: see `listWalks`. */
export interface ConfigurationChange {
  current: Configuration;
  next: Configuration;
  isWalked: boolean;
}

/** How much is looked at, at most or about. */
export interface EstimateBounds {
  /** Of what is open, of each table. */
  rows: number;
  /** People who have a role. */
  people: number;
  /** Of a table, when a sample is taken: at least and at most, however many rows of them are open. */
  pages: { least: number; most: number };
  /** A number from 0 to below 1, at random. */
  draw(): number;
}

const usualBounds: EstimateBounds = {
  rows: 1250,
  people: 10_000,
  pages: { least: 150, most: 1500 },
  draw: () => randomInt(2 ** 32) / 2 ** 32,
};

/**
 * What is open now and over under `next`, with a bound to what is looked at: exactly where the limits that become shorter
 * are those of few, or little could be over by them; else as a sample of all that is open says. `previewEnds` counts all.
 */
export async function estimateEnds(
  tx: Queryable,
  change: ConfigurationChange,
  bounds: EstimateBounds = usualBounds,
): Promise<EndsEstimate> {
  const sooner = findSoonerEnds(change.current, change.next);
  const sessions = change.isWalked ? await listCandidates(tx, 'sessions', sooner, bounds) : undefined;
  const families = sessions && (await listCandidates(tx, 'families', sooner, bounds));
  if (sessions && families)
    return exactly(await countEndsAmong(tx, change.next, { sessions: [sessions], families: [families] }));
  return await sampleEnds(tx, change.next, bounds);
}

/** Everything that may be over now, and was not under the limits of before; undefined: too much to look at. */
async function listCandidates(
  tx: Queryable,
  table: Swept,
  { sources, ...by }: SoonerEnds,
  { rows, people }: EstimateBounds,
): Promise<string[] | undefined> {
  const within = table === 'sessions' ? by.sessionsBy : by.familiesBy;
  const soon = await listOpenCheckedWithin(tx, table, { seconds: within, most: rows + 1 });
  if (soon.length <= rows) return soon;
  // No index knows resources and scopes.
  if (!sources || sources.some(({ kind }) => kind === 'resource' || kind === 'scope')) return undefined;
  const due = await listOpenCheckedWithin(tx, table, { seconds: 0, most: rows + 1 });
  if (due.length > rows) return undefined;
  const named = (wanted: string) => sources.flatMap(({ kind, name }) => (kind === wanted ? [name] : []));
  const of = { roles: named('role'), clientIds: named('client'), mostPeople: people, most: rows };
  const found = await listOpenOf(tx, table, of);
  return found && [...new Set([...due, ...found])];
}

/** As an estimate that is none: all was counted. */
export function exactly(ends: EndCount[]): EndsEstimate {
  const all = (what: Swept): CountRange => {
    const count = ends.reduce((sum, end) => sum + end[what], 0);
    return { count, from: count, to: count };
  };
  return { ends, isExact: true, sessions: all('sessions'), families: all('families') };
}

/** What was found on some pages of a table. */
interface Sample {
  /** A page stands for so many; 1: all were looked at. */
  factor: number;
  ends: { end: End; page: number }[];
  /** Pages looked at. */
  pages: number;
}

/** Pages all over each table, and what is over on them. */
async function sampleEnds(
  tx: Queryable,
  configuration: Configuration,
  bounds: EstimateBounds,
): Promise<EndsEstimate> {
  const now = await readNow(tx);
  const sessions = await samplePages(tx, 'sessions', bounds, async (ids) =>
    (await listOpenSessionsById(tx, ids)).map((open) => ({
      id: open.session.sessionId,
      end: findSessionEnd(configuration, open, undefined, now),
    })),
  );
  const families = await samplePages(tx, 'families', bounds, async (familyIds) =>
    (await listOpenFamilies(tx, { familyIds })).map((open) => ({
      id: open.family.familyId,
      end: findFamilyEnd(configuration, open, undefined, now),
    })),
  );
  const tally = createEndTally();
  for (const { end } of sessions.ends) tally.add(end, 'sessions');
  for (const { end } of families.ends) tally.add(end, 'families');
  return {
    ends: tally.list().map((one) => ({
      ...one,
      sessions: Math.round(one.sessions * sessions.factor),
      families: Math.round(one.families * families.factor),
    })),
    isExact: sessions.factor === 1 && families.factor === 1,
    sessions: rangeOf(sessions),
    families: rangeOf(families),
  };
}

async function samplePages(
  tx: Queryable,
  table: Swept,
  { rows, pages: { least, most }, draw }: EstimateBounds,
  judge: (ids: readonly string[]) => Promise<{ id: string; end: End | undefined }[]>,
): Promise<Sample> {
  const { pages: all, open } = await measureOpen(tx, table);
  const wished = open ? Math.ceil((rows * all) / open) : least;
  const pages = Math.min(all, Math.max(least, Math.min(most, wished)));
  const found = await listOpenOnPages(tx, table, choose(pages, all, draw));
  const pageOf = new Map(found.map(({ id, page }) => [id, page]));
  const judged = await judge([...pageOf.keys()]);
  return {
    factor: pages === 0 ? 1 : all / pages,
    ends: judged.flatMap(({ id, end }) => (end ? [{ end, page: pageOf.get(id) ?? 0 }] : [])),
    pages,
  };
}

/** So many of the numbers below `all`, each choice as likely as any other (Floyd's algorithm), in their order. */
function choose(many: number, all: number, draw: () => number): number[] {
  const chosen = new Set<number>();
  for (let last = all - many; last < all; last += 1) {
    const one = Math.floor(draw() * (last + 1));
    chosen.add(chosen.has(one) ? last : one);
  }
  return [...chosen].toSorted((a, b) => a - b);
}

/**
 * Two standard deviations to either side, page by page: what lies together ends together. Never less than was seen, and
 * up to three more on a page that was not looked at: so many could be missed by chance where nothing is found.
 */
function rangeOf({ factor, ends, pages }: Sample): CountRange {
  const count = Math.round(ends.length * factor);
  if (factor === 1) return { count, from: count, to: count };
  const ofPages = new Map<number, number>();
  for (const { page } of ends) ofPages.set(page, (ofPages.get(page) ?? 0) + 1);
  const mean = ends.length / pages;
  const squares = [...ofPages.values()].reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = (squares + (pages - ofPages.size) * mean ** 2) / Math.max(1, pages - 1);
  const spread = 2 * factor * Math.sqrt(pages * variance * (1 - 1 / factor));
  return {
    count,
    from: Math.max(ends.length, Math.floor(count - spread)),
    to: Math.ceil(count + Math.max(spread, 3 * factor)),
  };
}
