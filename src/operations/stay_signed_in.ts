import type { Origin } from '../domain/origin.ts';
import { evaluateSession } from '../policy/evaluate_lifetime.ts';
import type { Database } from '../store/database.ts';
import { hasDueFamilies } from '../store/families.ts';
import { commitTouch } from '../store/session_touch.ts';
import { findSessionById } from '../store/sessions.ts';
import { judgeSession } from './judge_session.ts';
import type { ConfigurationAt, JudgedSession } from './judge_session.ts';
import { settleSiblings } from './settle_siblings.ts';

export interface Presence {
  sessionId: string;
  /** Seconds since the user was last there; 0: is there now. */
  inactiveFor: number;
  origin: Origin;
  /** The web app that says so; absent: a page of ours. */
  webOrigin?: string | undefined;
}

const attempts = 3;

/**
 * The user was there: the session's activity moves, its absolute limit never does, and what is over stays
 * over, a bound family whose own idle limit is shorter included. Resolves with the session as it stands after that; undefined when there is none. Rejects with
 * status 503 when it keeps changing meanwhile.
 */
export async function staySignedIn(
  database: Database,
  configurationAt: ConfigurationAt,
  { sessionId, inactiveFor, origin, webOrigin }: Presence,
): Promise<JudgedSession | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const loaded = await findSessionById(database, sessionId);
    const judged = await judgeSession(configurationAt, loaded);
    if (!loaded || !judged || judged.life.over) return judged;

    const { session, limits, configuration } = judged;
    if (await hasDueFamilies(database, sessionId))
      await settleSiblings(database, configuration, session, origin);
    const touched = await commitTouch(database, {
      sessionId,
      clientIds: session.clientIds,
      accountVersion: loaded.accountVersion,
      configurationVersion: configuration.version,
      limits: { idle: limits.session_idle.value, absolute: limits.session_absolute.value },
      inactiveFor,
      requestId: origin.requestId,
      address: origin.address,
      detail: {
        ...(webOrigin === undefined ? {} : { web_origin: webOrigin }),
        ...(inactiveFor > 0 ? { inactive_for: inactiveFor } : {}),
      },
    });
    if (!touched) continue;
    const after = { ...session, lastActivityAt: touched.lastActivityAt };
    return { ...judged, now: touched.now, session: after, life: evaluateSession(after, limits, touched.now) };
  }
  throw Object.assign(new Error('The session keeps changing.'), { status: 503 });
}
