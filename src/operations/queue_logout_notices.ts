import type { Configuration } from '../domain/configuration.ts';
import type { LogoutNotice, NewNotice } from '../domain/notices.ts';
import type { Queryable } from '../store/database.ts';
import { insertNotices } from '../store/notices.ts';
import type { NamedSession } from '../store/sessions.ts';

/** Queue a back-channel logout for every client of these sessions that has an address for it. */
export async function queueLogoutNotices(
  tx: Queryable,
  configuration: Configuration,
  ended: readonly NamedSession[],
): Promise<void> {
  const notices = ended.flatMap(({ accountId, clientIds, authorizations }) =>
    clientIds.flatMap((clientId): NewNotice[] => {
      const client = configuration.clients.get(clientId);
      const sid = authorizations[clientId]?.sid;
      if (client?.metadata.backchannel_logout_uri === undefined || sid === undefined) return [];
      const payload: LogoutNotice = { clientId, accountId, sid };
      return [{ kind: 'backchannel_logout', receiver: `client:${clientId}`, payload: { ...payload } }];
    }),
  );
  await insertNotices(tx, notices);
}
