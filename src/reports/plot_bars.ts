import { html } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';

export interface Plot {
  /** Unique on its page, for what names and describes the plot. */
  id: string;
  title: string;
  description: string;
  /** From the top down, or from the left. */
  bars: readonly { label: string; value: number /** In words; by default the number. */; text?: string }[];
}

/** In units of the drawing, which is as wide as a small telephone. */
const width = 260;
const rowHeight = 38;
const columnHeight = 130;
const longestLabel = 34;

const formatCount = (value: number): string => value.toLocaleString('en-GB');

/** Lying bars, each under its label. Their colours are the style sheet's. */
export function plotBars(plot: Plot): Html {
  const most = Math.max(1, ...plot.bars.map(({ value }) => value));
  const rows = plot.bars.map(({ label, value, text: said = formatCount(value) }, at) => {
    const top = at * rowHeight;
    const text = label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label;
    return html`<text x="0" y="${top + 13}">${text}</text>
<text class="value" x="${width}" y="${top + 13}">${said}</text>
<rect class="ground" x="0" y="${top + 19}" width="${width}" height="10" rx="3"/>
<rect class="bar" x="0" y="${top + 19}" width="${toUnits(value, most, width)}" height="10" rx="3"/>`;
  });
  return frame(plot, plot.bars.length * rowHeight, rows);
}

/** Standing bars, side by side. */
export function plotColumns(plot: Plot): Html {
  const most = Math.max(1, ...plot.bars.map(({ value }) => value));
  const step = width / Math.max(1, plot.bars.length);
  const [tallest, floor] = [columnHeight - 40, columnHeight - 20];
  const columns = plot.bars.map(({ label, value }, at) => {
    const middle = (at + 0.5) * step;
    const height = toUnits(value, most, tallest);
    return html`<rect class="bar" x="${middle - step / 4}" y="${floor - height}" width="${step / 2}" height="${height}" rx="2"/>
<text class="middle" x="${middle}" y="${floor - height - 5}">${formatCount(value)}</text>
<text class="middle soft" x="${middle}" y="${columnHeight - 5}">${label}</text>`;
  });
  const ground = html`<rect class="ground" x="0" y="${floor}" width="${width}" height="1"/>`;
  return frame(plot, columnHeight, [ground, ...columns]);
}

function frame({ id, title, description }: Plot, height: number, content: readonly Html[]): Html {
  return html`<svg class="plot" viewBox="0 0 ${width} ${Math.max(1, height)}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${content}
</svg>`;
}

/** Anything above zero can be seen. */
function toUnits(value: number, most: number, length: number): number {
  return value === 0 ? 0 : Math.max(2, Math.round((value / most) * length));
}
