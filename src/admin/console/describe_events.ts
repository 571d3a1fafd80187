import { fromEpochMilliseconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import { describePast } from '../../http/describe_moment.ts';
import type { ListedEvent } from '../../store/audit_events.ts';
import type { EventProps } from '../../../views/console/events.ts';
import { consoleRoot } from './visit.ts';

/** Characters of one value of an event that a list shows. */
const longestValue = 200;

export const accountPath = (accountId: string): string =>
  `${consoleRoot}/accounts/${encodeURIComponent(accountId)}`;

/** An event as lists show it: an account by its name in `usernames`, else by its identifier. */
export function describeEvent(
  event: ListedEvent,
  usernames: ReadonlyMap<string, string>,
  now: Instant,
): EventProps {
  const { occurred_at: at, name, account_id: accountId, client_id: client, address, detail } = event;
  return {
    at: describePast(fromEpochMilliseconds(Date.parse(at)), now),
    name,
    account:
      accountId === null
        ? undefined
        : { label: usernames.get(accountId) ?? shorten(accountId), url: accountPath(accountId) },
    client: client ?? undefined,
    address: address ?? undefined,
    detail: Object.entries(detail).map(([key, value]) => ({ name: key, value: describeValue(value) })),
  };
}

function shorten(id: string): string {
  return id.length > 13 ? `${id.slice(0, 12)}…` : id;
}

function describeValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
