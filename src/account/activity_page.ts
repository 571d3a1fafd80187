import type { Context } from 'koa';
import type { Configuration } from '../domain/configuration.ts';
import { cutAddress } from '../domain/cut_address.ts';
import type { Instant } from '../domain/instants.ts';
import type { Visit } from '../domain/visit.ts';
import { describeDevice } from '../http/describe_device.ts';
import { describePast } from '../http/describe_moment.ts';
import { sendPage } from '../http/send_page.ts';
import { listAccountEvents } from '../store/account_events.ts';
import type { AccountEvent } from '../store/account_events.ts';
import { accountActivityPage } from '../../views/account_activity.ts';
import type { ActivityProps } from '../../views/account_activity.ts';
import { activityWords, untoldEvents } from './activity_words.ts';
import type { AddressShown } from './activity_words.ts';
import type { AccountDependencies } from './dependencies.ts';
import { findClientName } from './list_access.ts';

const here = '/account/activity';

/** How many events one page looks at; those that are not told are among them. */
const perPage = 50;

/** What happened to the visitor's account: the newest first, or before the event that the address names. */
export async function showActivity(
  ctx: Context,
  { database, pageContext }: AccountDependencies,
  { accountId, configuration, now, csrfToken }: Visit,
): Promise<void> {
  const before = ctx.path === here ? undefined : ctx.path.slice(here.length + 1);
  const found = await listAccountEvents(database, accountId, { before, most: perPage + 1 });
  const looked = found.slice(0, perPage);
  const last = looked.at(-1);
  const page = accountActivityPage(pageContext(), {
    csrfToken,
    activities: looked.flatMap((event) => describeActivity(configuration, event, now)),
    newestUrl: before === undefined ? undefined : here,
    olderUrl: found.length > perPage && last ? `${here}/${last.eventId}` : undefined,
  });
  sendPage(ctx, page);
}

/** None for what is not told. A kind that an older program does not know is told as little as possible of. */
function describeActivity(configuration: Configuration, event: AccountEvent, now: Instant): ActivityProps[] {
  const { name, clientId, detail, at, userAgent } = event;
  const words = activityWords[name];
  if (!words || Object.hasOwn(untoldEvents, name)) return [];
  const app = (clientId !== null && findClientName(configuration, clientId)) || 'an app';
  return [
    {
      text: words.say({ app, detail }),
      device: userAgent === null ? undefined : describeDevice({ userAgent }),
      address: showAddress(event, detail.actor === undefined ? words.shows : 'none'),
      at: describePast(at, now),
    },
  ];
}

function showAddress({ address, sessionAddress }: AccountEvent, shows: AddressShown): string | undefined {
  if (shows === 'none') return undefined;
  const shown = address ?? (shows === 'own' ? sessionAddress : null);
  if (shown === null) return undefined;
  return shows === 'own' ? shown : cutAddress(shown);
}
