import { z } from 'zod';
import { parseCursor, writeCursor } from '../cursor.ts';
import { ApiProblem } from './problem.ts';

const mostListed = 200;
const usuallyListed = 50;

/** Every list takes these. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostListed).default(usuallyListed).meta({
    description: 'How many entries a page has at most.',
  }),
  cursor: z.string().max(500).exactOptional().meta({
    description: '`next_cursor` of the page before; opaque.',
  }),
});

/** The answer of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().exactOptional().meta({ description: 'Absent on the last page.' }),
  });
}

/** Where a page begins: after what the cursor names. Throws `invalid_request` for a cursor that is none of ours. */
export function readCursor<Key>(cursor: string | undefined, key: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined;
  const parsed = parseCursor(cursor, key);
  if (parsed === undefined) throw new ApiProblem('invalid_request', 'cursor: is not one of this list.');
  return parsed;
}

/** A page from one row more than it may hold: that there is one says that there is a next page. What is described as undefined is left out. */
export function makePage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { keyOf, describe }: { keyOf: (row: Row) => unknown; describe: (row: Row) => Item | undefined },
): { items: Item[]; next_cursor?: string } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    items: items.flatMap((row) => describe(row) ?? []),
    ...(hasMore ? { next_cursor: writeCursor(keyOf(last)) } : {}),
  };
}

/** A page of what is in memory, in the order of its names. */
export function pageByName<Entry, Item>(
  entries: ReadonlyMap<string, Entry>,
  { limit, cursor }: z.output<typeof pageQuery>,
  describe: (name: string, entry: Entry) => Item,
): { items: Item[]; next_cursor?: string } {
  const after = readCursor(cursor, z.string());
  const names = [...entries.keys()].toSorted().filter((name) => after === undefined || name > after);
  const rows = names.slice(0, limit + 1).flatMap((name) => {
    const entry = entries.get(name);
    return entry === undefined ? [] : [{ name, entry }];
  });
  return makePage(rows, limit, {
    keyOf: ({ name }) => name,
    describe: ({ name, entry }) => describe(name, entry),
  });
}
