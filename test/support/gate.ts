import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database.ts';
import type { RelyingParty, Tokens } from './relying_party.ts';

/** A refresh that must be refused with `code`; resolves with the answer's body. */
export async function assertRefused(
  party: RelyingParty,
  tokens: Pick<Tokens, 'refresh_token'>,
  code: string,
): Promise<Record<string, unknown>> {
  const { status, body } = await party.token({
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
  });
  assert.equal(status, 400, JSON.stringify(body));
  assert.equal(
    body.error,
    code === 'mfa_stale' || code === 'scope_withdrawn' ? 'invalid_scope' : 'invalid_grant',
  );
  assert.match(String(body.error_description), new RegExp(`^${code}: [ -~]+$`));
  return body;
}

export interface StoredFamily {
  family_id: string;
  end_reason: string | null;
  /** Seconds from the last activity, and from the start, to the end. */
  ended_after_activity: number | null;
  ended_after_start: number | null;
}

export async function findFamilies(database: Database): Promise<StoredFamily[]> {
  return await database.query<StoredFamily>({
    name: 'test_families',
    text: `select family_id, end_reason,
             extract(epoch from ended_at - last_activity_at)::float8 as ended_after_activity,
             extract(epoch from ended_at - started_at)::float8 as ended_after_start
           from families order by family_id`,
  });
}

export interface StoredEvent {
  name: string;
  family_id: string | null;
  session_id: string | null;
  detail: Record<string, unknown>;
}

/** The trail, oldest first. */
export async function listEvents(database: Database): Promise<StoredEvent[]> {
  return await database.query<StoredEvent>({
    name: 'test_events',
    text: 'select name, family_id, session_id, detail from audit_events order by event_id',
  });
}

/** Tokens that would still be accepted: not rotated, of a family that has not ended. */
export async function countLiveTokens(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>({
    name: 'test_live_tokens',
    text: `select count(*)::int as count from refresh_tokens t join families f using (family_id)
           where t.rotated_at is null and f.ended_at is null`,
  });
  return row?.count ?? 0;
}
