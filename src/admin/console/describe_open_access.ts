/** So many accesses of an app are counted; of more it is said that there are more. */
export const mostCounted = 10_000;

const numbers = new Intl.NumberFormat('en-GB');

/** "12 accesses of 9 people", as `countClientFamilies` counts them, up to one more than `mostCounted`. */
export function describeOpenAccess({ families, people }: { families: number; people: number }): string {
  if (families === 0) return 'No access';
  if (families > mostCounted) return `More than ${numbers.format(mostCounted)} accesses`;
  const accesses = `${numbers.format(families)} ${families === 1 ? 'access' : 'accesses'}`;
  return `${accesses} of ${numbers.format(people)} ${people === 1 ? 'person' : 'people'}`;
}
