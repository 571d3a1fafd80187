import { formatDuration } from '../domain/durations.ts';
import type { FrontierPoint, LimitSuggestion } from '../policy/suggest_limit.ts';
import { html } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';
import { axisTicks } from './axis_ticks.ts';
import { placeLabels } from './place_labels.ts';
import type { WantedLabel } from './place_labels.ts';

export interface FrontierPlot extends Pick<LimitSuggestion, 'frontier' | 'today' | 'verdict'> {
  /** Unique on its page, for what names and describes the plot. */
  id: string;
  title: string;
  description: string;
  suggested?: FrontierPoint | undefined;
  /** Seconds; longer limits are not drawn, but that of today. */
  longest?: number | undefined;
}

/** In units of the drawing, which is as wide as a small telephone. */
const width = 340;
const height = 262;
const area = { left: 46, right: 320, top: 24, bottom: 214 };
/** Points of the line that are marked, in seconds. */
export const landmarkLimits: ReadonlySet<number> = new Set(
  [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720].map((m) => m * 60),
);
/** Drawn is what costs no more than today's limit, or than so many times the least. */
const costliest = 1.35;
/** Marked points of the line keep such a distance. */
const leastDistance = 22;
/** An axis begins at 0 unless its least value is more than such a share of its greatest. */
const worthOmitting = 0.35;

/**
 * Interruptions against hours open for nobody, a point for each limit: down and right of them are longer
 * ones. Today's limit and the suggested one are marked by shape and words. Colours are the style sheet's.
 */
export function plotFrontier(plot: FrontierPlot): Html {
  const { id, title, description, frontier, today, suggested, longest } = plot;
  const allowed = frontier.filter(({ limit }) => longest === undefined || limit <= longest);
  const marked = suggested ? [today, suggested] : [today];
  const shown = findShown(allowed, marked);
  const across = findTicks(shown.map(({ idleHours }) => idleHours));
  const up = findTicks(shown.map(({ interruptions }) => interruptions));
  const scale = (value: number, ticks: readonly number[], from: number, to: number) => {
    const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
    return round(from + ((value - first) / (last - first)) * (to - from));
  };
  const place = ({ idleHours, interruptions }: Point) => ({
    x: scale(idleHours, across, area.left, area.right),
    y: scale(interruptions, up, area.bottom, area.top),
  });
  const steps = pickSteps(
    shown.filter(({ limit }) => landmarkLimits.has(limit)),
    marked,
    place,
  );
  const path = [...allowed, ...(suggested && !allowed.includes(suggested) ? [suggested] : [])]
    .toSorted((a, b) => a.limit - b.limit)
    .map((point) => `${place(point).x},${place(point).y}`)
    .join(' ');
  return html`<svg class="plot frontier" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${across.map((tick) => drawAcross(tick, scale(tick, across, area.left, area.right)))}
${up.map((tick) => drawUp(tick, scale(tick, up, area.bottom, area.top)))}
<text x="0" y="12">Interruptions per 1,000</text>
<text class="end" x="${area.right}" y="${height - 6}">Hours open for nobody per 1,000</text>
<svg x="${area.left}" y="${area.top}" width="${area.right - area.left}" height="${area.bottom - area.top}" viewBox="${area.left} ${area.top} ${area.right - area.left} ${area.bottom - area.top}">
<polyline class="line" points="${path}"/>
</svg>
${steps.map((point) => html`<circle class="step" cx="${place(point).x}" cy="${place(point).y}" r="3"/>`)}
${suggested && drawDiamond(place(suggested))}
<circle class="today" cx="${place(today).x}" cy="${place(today).y}" r="5"/>
${drawLabels(plot, steps, place)}
</svg>`;
}

type Point = Pick<FrontierPoint, 'idleHours' | 'interruptions'>;
type Place = (point: Point) => { x: number; y: number };

function findShown(allowed: readonly FrontierPoint[], marked: readonly FrontierPoint[]): FrontierPoint[] {
  const least = Math.min(...allowed.map(({ cost }) => cost));
  const most = Math.max(least * costliest, ...marked.map(({ cost }) => cost));
  return [...allowed.filter(({ cost, limit }) => cost <= most && !isAmong(marked, limit)), ...marked];
}

const isAmong = (points: readonly FrontierPoint[], limit: number): boolean =>
  points.some((point) => point.limit === limit);

function findTicks(values: readonly number[]): number[] {
  const most = Math.max(...values, 0.5) * 1.04;
  const least = Math.min(...values);
  const isWorthIt = least > most * worthOmitting && least < most * 0.97;
  return axisTicks(isWorthIt ? least : 0, most);
}

/** The shortest first; whichever comes too near to one before it is left out. */
function pickSteps(
  points: readonly FrontierPoint[],
  marked: readonly FrontierPoint[],
  place: Place,
): FrontierPoint[] {
  const picked: FrontierPoint[] = [];
  for (const point of points.filter(({ limit }) => !isAmong(marked, limit))) {
    const { x, y } = place(point);
    const isFree = [...marked, ...picked]
      .map(place)
      .every((at) => Math.hypot(at.x - x, at.y - y) >= leastDistance);
    if (isFree) picked.push(point);
  }
  return picked;
}

function drawLabels(
  { today, suggested, verdict }: FrontierPlot,
  steps: readonly FrontierPoint[],
  place: Place,
): Html[] {
  const isBoth = suggested?.limit === today.limit;
  const name = verdict === 'fits' ? 'best' : 'suggested';
  const wanted: WantedLabel[] = [
    {
      text: `${isBoth ? 'today, and best' : 'today'}: ${formatDuration(today.limit)}`,
      ...place(today),
      isNeeded: true,
    },
    ...(suggested && !isBoth
      ? [{ text: `${name}: ${formatDuration(suggested.limit)}`, ...place(suggested), isNeeded: true }]
      : []),
    ...steps.map((point) => ({ text: formatDuration(point.limit), ...place(point), isNeeded: false })),
  ];
  const needed = new Set(wanted.filter(({ isNeeded }) => isNeeded).map(({ text }) => text));
  return placeLabels(wanted, { ...area, right: width }).map(
    ({ text, x, y, isEnd }) =>
      html`<text class="${needed.has(text) ? 'mark' : 'soft'}${isEnd && ' end'}" x="${x}" y="${y}">${text}</text>`,
  );
}

const drawAcross = (tick: number, x: number): Html =>
  html`<path class="grid" d="M${x} ${area.top}V${area.bottom}"/>
<text class="middle soft" x="${x}" y="${area.bottom + 16}">${tick.toLocaleString('en-GB')}</text>`;

const drawUp = (tick: number, y: number): Html =>
  html`<path class="grid" d="M${area.left} ${y}H${area.right}"/>
<text class="end soft" x="${area.left - 7}" y="${y + 4}">${tick.toLocaleString('en-GB')}</text>`;

const drawDiamond = ({ x, y }: { x: number; y: number }): Html =>
  html`<polygon class="suggested" points="${x},${y - 8} ${x + 8},${y} ${x},${y + 8} ${x - 8},${y}"/>`;

const round = (value: number): number => Math.round(value * 10) / 10;
