import Provider, { errors } from 'oidc-provider';
import type { AdapterPayload } from 'oidc-provider';
import { hashToken } from '../../credentials/token_hash.ts';
import { recordEvent } from '../../events/record_event.ts';
import {
  findArtifact,
  findArtifactByUserCode,
  findExpiredArtifact,
  pollArtifact,
  writeArtifact,
} from '../../store/artifacts.ts';
import { findAuthorizationCode, insertAuthorizationCode } from '../../store/authorization_codes.ts';
import { outdatedError, refusalError } from '../refusals.ts';
import { getRequestContext } from '../request_context.ts';
import { grantedScopes } from '../request_limits.ts';
import { deviceCodeSeconds } from '../token_lifetimes.ts';
import { readExpiry } from './artifact.ts';
import { withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';
import { beginExchange, decideExchange } from './exchange.ts';
import { sealedHints } from './sealed_hints.ts';

const model = 'DeviceCode';

/**
 * Device codes (RFC 8628): an artifact until the user has approved one, then also an authorization code,
 * whose exchange it goes through. Pages find it by the user's code and never learn the device's: they
 * get a handle of its hash, which the token endpoint does not take.
 */
export function deviceCodeAdapter({ database, configurations, secrets }: AdapterDependencies): ModelAdapter {
  const hints = sealedHints(secrets);
  return {
    async find(id) {
      if (Provider.ctx?.oidc.route !== 'token') return await findForPages(hashOf(id), id);
      const hash = hashToken(id);
      if ((await pollArtifact(database, model, hash)) === 'too_fast') {
        throw new errors.SlowDown('wait five seconds longer between two polls');
      }
      const approved = await findAuthorizationCode(database, hash);
      if (approved) return await beginExchange(configurations, id, approved);
      const waiting: AdapterPayload | undefined = await findForPages(hash, id);
      // Approved, and then the account was signed out everywhere.
      if (waiting?.accountId !== undefined) throw refusalError('unknown_token');
      // Nobody could approve it any more.
      if (waiting && isDisabled(waiting.clientId)) throw refusalError('client_disabled');
      if (!waiting) await tellExpired(hash);
      return waiting;
    },
    async findByUserCode(userCode) {
      const found = await findArtifactByUserCode(database, model, hashToken(userCode));
      const payload = found && hints.open(found.payload, found.idHash);
      return payload && { ...payload, userCode, jti: handleOf(found.idHash), exp: readExpiry(payload) };
    },
    upsert(id, payload, ttl = deviceCodeSeconds) {
      const idHash = hashOf(id);
      const { userCode, ...rest } = hints.seal(withoutIdentity(payload), idHash);
      const { accountId, grantId = '', clientId = '', sessionUid = '' } = payload;
      const { effects, joiningClients, origin } = getRequestContext();
      effects.dependent.push((tx) =>
        writeArtifact(tx, {
          model,
          idHash,
          payload: { ...rest, expiry: payload.exp },
          ttl,
          ...(typeof userCode === 'string' ? { userCodeHash: hashToken(userCode) } : {}),
        }),
      );
      if (accountId) {
        joiningClients.add(clientId);
        const code = {
          codeHash: idHash,
          accountId,
          clientId,
          sessionId: sessionUid,
          grantId,
          payload: { ...rest, scope: grantedScopes(Provider.ctx, payload.scope).join(' ') },
          ttl,
        };
        effects.dependent.push(async (tx) => {
          if (!(await insertAuthorizationCode(tx, code))) throw outdatedError('code');
          const subject = { accountId, clientId, sessionId: sessionUid };
          await recordEvent(tx, 'device.approved', subject, origin, { scope: payload.scope ?? '' });
        });
      }
      if (payload.error) {
        const detail = { error: payload.error };
        effects.dependent.push((tx) => recordEvent(tx, 'device.aborted', { clientId }, origin, detail));
      }
      return Promise.resolve();
    },
    consume: () => (getRequestContext().pending ? decideExchange() : Promise.resolve()),
  };

  /** Another client's is told apart from none by nobody. */
  async function tellExpired(idHash: Buffer): Promise<void> {
    const expired = await findExpiredArtifact(database, model, idHash);
    if (expired?.clientId !== Provider.ctx?.oidc.client?.clientId) return;
    throw new errors.ExpiredToken('the device code is over: ask for another one');
  }

  function isDisabled(clientId: string | undefined): boolean {
    const { configuration } = getRequestContext();
    return configuration.clients.get(clientId ?? '')?.disabled ?? false;
  }

  async function findForPages(idHash: Buffer, id: string) {
    const artifact = await findArtifact(database, model, idHash);
    const payload = artifact && hints.open(artifact.payload, idHash);
    return payload && { ...payload, jti: id, exp: readExpiry(payload) };
  }
}

const handleOf = (idHash: Buffer): string => `sha256:${idHash.toString('hex')}`;

function hashOf(id: string): Buffer {
  return /^sha256:[0-9a-f]{64}$/.test(id) ? Buffer.from(id.slice(7), 'hex') : hashToken(id);
}
