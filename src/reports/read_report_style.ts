import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The style sheet of reports that stand alone, and its SHA-256 in base64, which lets it in. */
export function readReportStyle(): { css: string; cssHash: string } {
  const css = readFileSync(new URL('../../views/assets/report.css', import.meta.url), 'utf8');
  return { css, cssHash: createHash('sha256').update(css).digest('base64') };
}
