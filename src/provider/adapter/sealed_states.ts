import type { AdapterPayload } from 'oidc-provider';
import type { SecretsAtRest } from '../../credentials/secrets_at_rest.ts';

/**
 * What the library keeps in a session from a page to its form: the form's secret, and where to go on, which
 * may name an interaction. Sealed at rest; `uid` is the session's.
 */
export function sealedStates(secrets: SecretsAtRest) {
  const context = (uid: string | undefined) => `sessions:state:${uid ?? ''}`;
  return {
    seal(payload: AdapterPayload): AdapterPayload {
      if (payload.state === undefined) return payload;
      const state = secrets.seal(Buffer.from(JSON.stringify(payload.state)), context(payload.uid));
      return { ...payload, state } as unknown as AdapterPayload;
    },
    open(payload: AdapterPayload): AdapterPayload {
      const sealed: unknown = payload.state;
      if (typeof sealed !== 'string') return payload;
      const opened = secrets.open(sealed, context(payload.uid)).toString();
      const state = JSON.parse(opened) as Record<string, unknown>;
      return { ...payload, state };
    },
  };
}
