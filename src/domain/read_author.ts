import type { Origin } from './origin.ts';

/** Who made a version of the configuration: how, and the account behind it if that was a person's. */
export interface Author {
  author: string;
  accountId?: string;
}

/** The actor of an origin, taken apart: `admin:` and an account's id, else a name as it is. */
export function readAuthor({ actor = 'unknown' }: Origin): Author {
  const [, author, accountId] = /^([a-z]+):(.+)$/.exec(actor) ?? [];
  return author !== undefined && accountId !== undefined ? { author, accountId } : { author: actor };
}
