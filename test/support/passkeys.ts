import { sql } from './sql.ts';
import type { Database } from '../../src/store/database.ts';

/** What a page asks a passkey for: the request of its first form whose action matches. */
export function readPasskeyRequest(text: string, action: RegExp): string {
  for (const [, head = ''] of text.matchAll(/<form([^>]*)>/g)) {
    const target = decode(/action="([^"]*)"/.exec(head)?.[1] ?? '');
    const request = /data-request="([^"]*)"/.exec(head)?.[1];
    if (action.test(target) && request !== undefined) return decode(request);
  }
  throw new Error(`No form asks a passkey for ${action} in: ${text.slice(0, 500)}`);
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
