/** One line of RFC 4180, every value quoted; what a spreadsheet would take for a formula is made text. */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map((value) => quote(value ?? '')).join(',')}\r\n`;
}

/** A number is one, a negative one too. */
function quote(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
