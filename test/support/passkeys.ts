import { relyingPartyOf } from '../../src/credentials/relying_party.ts';
import { beginPasskeyRegistration, registerPasskey } from '../../src/operations/register_passkey.ts';
import type { SoftAuthenticator } from './soft_authenticator.ts';
import { sql, sqlOne } from './sql.ts';
import { storeSession } from './stored_facts.ts';
import type { Database } from '../../src/store/database.ts';

/** What a page asks a passkey for: the request of its first form whose action matches. */
export function readPasskeyRequest(text: string, action: RegExp): string {
  for (const [, head = '', body = ''] of text.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
    const target = decode(/action="([^"]*)"/.exec(head)?.[1] ?? '');
    const request = /<data value="([^"]*)"/.exec(body)?.[1];
    if (action.test(target) && request !== undefined) return decode(request);
  }
  throw new Error(`No form asks a passkey for ${action} in: ${text.slice(0, 500)}`);
}

/** Give an account a passkey of this device, as its security page would; the account's id. */
export async function givePasskey(
  { issuer, database }: { issuer: string; database: Database },
  username: string,
  device: SoftAuthenticator,
): Promise<string> {
  const { account_id: accountId } = await sqlOne<{ account_id: string }>(
    database,
    'select account_id from accounts where username = $1',
    username,
  );
  const sessionId = await storeSession(database, { accountId });
  const [party, owner] = [relyingPartyOf(issuer), { accountId, sessionId }];
  const request = await beginPasskeyRegistration(database, party, owner, 'Curfew');
  const answer = device.create(request ?? '');
  const verdict = await registerPasskey(database, party, { ...owner, answer, name: 'Given' }, {});
  await sql(database, 'delete from sessions where session_id = $1', sessionId);
  if (!verdict.registered) throw new Error(`The passkey was not kept: ${verdict.reason}`);
  return accountId;
}

/** Why the last second factor or sign-in was refused, as the trail has it. */
export async function findLastRefusal(database: Database): Promise<unknown> {
  const [row] = await sql<{ reason: unknown }>(
    database,
    `select detail ->> 'reason' as reason from audit_events
     where name in ('mfa.failed', 'sign_in.failed') order by event_id desc limit 1`,
  );
  return row?.reason;
}

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
