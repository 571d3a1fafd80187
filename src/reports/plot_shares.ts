import { html } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';

export interface SharePlot {
  /** Unique on its page, for what names and describes the plot. */
  id: string;
  title: string;
  description: string;
  /** From the top down: a share, between which shares it truly lies, and both in words. */
  bars: readonly { label: string; share: number; low: number; high: number; text: string }[];
}

/** In units of the drawing, which is as wide as a small telephone. */
const width = 320;
const rowHeight = 44;
const longestLabel = 30;
const top = 0;

/** Lying bars on a scale from 0 to 100 %, each with a line over what the share may truly be. */
export function plotShares({ id, title, description, bars }: SharePlot): Html {
  const floor = top + bars.length * rowHeight;
  return html`<svg class="plot shares" viewBox="0 0 ${width} ${floor + 22}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${[0, 25, 50, 75, 100].map((percent) => drawTick(percent, floor))}
${bars.map((bar, at) => drawBar(bar, top + at * rowHeight))}
</svg>`;
}

const toUnits = (share: number): number => Math.round(share * width * 10) / 10;

function drawTick(percent: number, floor: number): Html {
  const x = toUnits(percent / 100);
  const look = percent === 0 ? 'soft' : percent === 100 ? 'soft end' : 'soft middle';
  return html`<path class="grid" d="M${x} 0V${floor}"/>
<text class="${look}" x="${x}" y="${floor + 15}">${percent} %</text>`;
}

function drawBar({ label, share, low, high, text }: SharePlot['bars'][number], y: number): Html {
  const name = label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label;
  return html`<text x="0" y="${y + 14}">${name}</text>
<text class="value" x="${width}" y="${y + 14}">${text}</text>
<rect class="ground" x="0" y="${y + 21}" width="${width}" height="12" rx="3"/>
<rect class="bar" x="0" y="${y + 21}" width="${toUnits(share)}" height="12" rx="3"/>
<path class="between" d="M${toUnits(low)} ${y + 23}V${y + 31}M${toUnits(low)} ${y + 27}H${toUnits(high)}M${toUnits(high)} ${y + 23}V${y + 31}"/>`;
}
