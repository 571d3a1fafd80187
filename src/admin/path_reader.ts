/** Reads what the `{names}` of a template such as `/accounts/{account_id}` stand for; undefined: another path. */
export function pathReader(template: string): (path: string) => Record<string, string> | undefined {
  const literal = template.replaceAll('.', String.raw`\.`);
  const pattern = new RegExp(`^${literal.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return (path) => {
    const match = pattern.exec(path);
    if (!match) return undefined;
    try {
      return Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
    } catch {
      return undefined;
    }
  };
}
