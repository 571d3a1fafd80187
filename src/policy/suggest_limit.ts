import { usageEdge } from '../domain/usage.ts';
import type { Histogram } from '../domain/usage.ts';

/** For how long people were away from what one idle limit rules. */
export interface AwayTimes {
  /** Sessions or families. */
  spans: number;
  /** From one activity to the next, also over an end by the idle limit. */
  gaps: Histogram;
  /** From the last activity to an end that no idle limit made. */
  tails: Histogram;
  /** How many were left for good. */
  gone: number;
}

/** What a limit brings, for every 1,000 sessions. */
export interface FrontierPoint {
  /** Seconds. */
  limit: number;
  /** Absences that it cuts though the user comes back to the same stretch of work. */
  interruptions: number;
  /** Hours for which something was open and nobody there. */
  idleHours: number;
  /** `interruptions · weight + idleHours`. */
  cost: number;
}

export interface SuggestionQuestion {
  /** The idle limit of today, in seconds. */
  limit: number;
  /** Who is back after no longer than this, in seconds, goes on with the same work. */
  stretch: number;
  /** How many hours open without anybody there one interruption weighs as much as. */
  weight: number;
  /** The longest limit that the policy's baselines allow, in seconds; undefined: they set none. */
  longest?: number | undefined;
}

export interface LimitSuggestion {
  verdict: 'too_strict' | 'too_loose' | 'fits' | 'too_few';
  today: FrontierPoint;
  /** The point of the least cost that the baselines allow; undefined: too few to say. */
  suggested?: FrontierPoint;
  /** A longer limit would cost less, but a baseline forbids it. */
  isCapped: boolean;
  /** By limit, the shortest first. */
  frontier: FrontierPoint[];
}

/** With fewer nothing is suggested: chance would decide. */
export const fewestSpans = 50;
/** With fewer interruptions no limit is called too strict: one in twenty of them would decide it. */
export const fewestInterruptions = 20;
/** A limit that costs at most so much more than the best one fits. */
export const tolerated = 0.15;
export const defaultWeight = 1;
export const defaultStretch = 4 * 3600;

/**
 * The idle limit at which interruptions, each weighed as so many hours, and the hours open without anybody
 * there together are least. A limit of x cuts every longer absence: up to x something is open, and a user who
 * is back within `stretch` of the last activity was interrupted. Absences are what the gate saw of them: with
 * `activity: any_refresh`, an app that polls hides its user's.
 */
export function suggestLimit(away: AwayTimes, question: SuggestionQuestion): LimitSuggestion {
  const { limit, longest } = question;
  const curves = buildCurves(away);
  const pointOf = (at: number) => describePoint(curves, at, question);
  const all = [...new Set([...candidates, limit])].toSorted((a, b) => a - b).map(pointOf);
  const isAllowed = (point: FrontierPoint) => longest === undefined || point.limit <= longest;
  const frontier = all.filter((point) => isAllowed(point) || point.limit === limit);
  const today = pointOf(limit);
  if (away.spans < fewestSpans) return { verdict: 'too_few', today, isCapped: false, frontier };
  const allowed = all.filter(isAllowed);
  const best = findCheapest(longest === undefined ? allowed : [...allowed, pointOf(longest)]);
  const isCapped = longest !== undefined && (findCheapest(all)?.limit ?? 0) > longest;
  return {
    verdict: judge(today, best, away),
    today,
    ...(best ? { suggested: best } : {}),
    isCapped,
    frontier,
  };
}

function judge(
  today: FrontierPoint,
  best: FrontierPoint | undefined,
  { spans }: AwayTimes,
): LimitSuggestion['verdict'] {
  if (!best || best.limit === today.limit || today.cost <= best.cost * (1 + tolerated)) return 'fits';
  if (best.limit < today.limit) return 'too_loose';
  const interrupted = (today.interruptions * spans) / 1000;
  return interrupted < fewestInterruptions ? 'too_few' : 'too_strict';
}

const findCheapest = (points: readonly FrontierPoint[]) =>
  points.reduce<FrontierPoint | undefined>((a, b) => (a && a.cost <= b.cost ? a : b), undefined);

/** Limits that somebody might write: minutes, then coarser steps. */
const candidates: readonly number[] = [
  ...steps(1, 60, 1),
  ...steps(65, 240, 5),
  ...steps(255, 720, 15),
  ...steps(780, 1440, 60),
].map((minutes) => minutes * 60);

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, at) => from + at * by);
}

/** Durations by size, added up so that a limit costs one search however many there are. */
interface Curve {
  /** The buckets, the shortest first. */
  slices: readonly { from: number; to: number; count: number; seconds: number }[];
  /** Of the buckets before each, and of all at the end. */
  countBefore: readonly number[];
  secondsBefore: readonly number[];
}
interface Curves {
  gaps: Curve;
  tails: Curve;
  gone: number;
  spans: number;
}

function buildCurves({ gaps, tails, gone, spans }: AwayTimes): Curves {
  return { gaps: buildCurve(gaps), tails: buildCurve(tails), gone, spans };
}

function buildCurve(histogram: Histogram): Curve {
  const slices = [...histogram]
    .toSorted(([a], [b]) => a - b)
    .map(([bucket, { count, seconds }]) => ({
      from: usageEdge(bucket - 1),
      to: usageEdge(bucket),
      count,
      seconds,
    }));
  const [countBefore, secondsBefore] = [[0], [0]];
  for (const [at, { count, seconds }] of slices.entries()) {
    countBefore.push((countBefore[at] ?? 0) + count);
    secondsBefore.push((secondsBefore[at] ?? 0) + seconds);
  }
  return { slices, countBefore, secondsBefore };
}

function describePoint({ gaps, tails, gone, spans }: Curves, limit: number, question: SuggestionQuestion) {
  const per = 1000 / Math.max(1, spans);
  const cut = cutAt(gaps, limit);
  const open = cut.open + cutAt(tails, limit).open + gone * limit;
  const interruptions = Math.max(0, cut.beyond - cutAt(gaps, question.stretch).beyond) * per;
  const idleHours = (open / 3600) * per;
  return { limit, interruptions, idleHours, cost: interruptions * question.weight + idleHours };
}

/**
 * How many durations a limit cuts, and what it leaves open of all of them, in seconds. Those of the bucket
 * that it falls into are taken as spread evenly.
 */
function cutAt(
  { slices, countBefore, secondsBefore }: Curve,
  limit: number,
): { beyond: number; open: number } {
  const at = findSlice(slices, limit);
  const below = secondsBefore[at] ?? 0;
  const slice = slices[at];
  const all = countBefore.at(-1) ?? 0;
  if (!slice || limit <= slice.from) {
    const beyond = all - (countBefore[at] ?? 0);
    return { beyond, open: below + beyond * limit };
  }
  const cut = (slice.count * (slice.to - limit)) / (slice.to - slice.from);
  const beyond = all - (countBefore[at + 1] ?? 0) + cut;
  return { beyond, open: below + beyond * limit + ((slice.count - cut) * (slice.from + limit)) / 2 };
}

/** The first bucket that reaches beyond the limit; their number, where none does. */
function findSlice(slices: Curve['slices'], limit: number): number {
  let [low, high] = [0, slices.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slices[middle]?.to ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
