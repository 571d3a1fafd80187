import type { ConsoleVisit } from './visit.ts';

/** Lines of a table as a file to keep. */
export function sendCsv({ ctx }: ConsoleVisit, name: string, lines: readonly string[]): void {
  ctx.type = 'text/csv; charset=utf-8';
  ctx.attachment(name);
  ctx.set('Cache-Control', 'no-store');
  ctx.body = lines.join('');
}
