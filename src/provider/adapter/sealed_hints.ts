import type { SecretsAtRest } from '../../credentials/secrets_at_rest.ts';

type Payload = Record<string, unknown>;

/** Every sealed text begins so; no JWT does. */
const sealedMark = 'v1.';

/**
 * What a stored request brings along of an ID token: as `id_token_hint` among its parameters, and in the pushed
 * request, which is stored whole. Sealed at rest; `idHash` is the row's.
 */
export function sealedHints(secrets: SecretsAtRest) {
  const context = (idHash: Buffer) => `artifacts:payload:${idHash.toString('hex')}`;
  return {
    seal(payload: Payload, idHash: Buffer): Payload {
      return change(withoutDetail(payload), (text) => secrets.seal(Buffer.from(text), context(idHash)));
    },
    /** undefined: no secret of ours has sealed it; by now there is none. */
    open(payload: Payload, idHash: Buffer): Payload | undefined {
      let isOurs = true;
      const opened = change(payload, (text) => {
        if (!text.startsWith(sealedMark)) return text;
        isOurs &&= secrets.knows(text);
        return isOurs ? secrets.open(text, context(idHash)).toString() : text;
      });
      return isOurs ? opened : undefined;
    },
  };
}

function change(payload: Payload, each: (text: string) => string): Payload {
  const { params, request } = payload;
  const { id_token_hint: hint } = (params ?? {}) as Payload;
  return {
    ...payload,
    ...(typeof hint === 'string' ? { params: { ...(params as Payload), id_token_hint: each(hint) } } : {}),
    ...(typeof request === 'string' ? { request: each(request) } : {}),
  };
}

/** A prompt repeats the hint, which nothing reads there. */
function withoutDetail(payload: Payload): Payload {
  const { prompt } = payload as { prompt?: { details?: Payload } };
  if (prompt?.details?.id_token_hint === undefined) return payload;
  const { id_token_hint: _, ...details } = prompt.details;
  return { ...payload, prompt: { ...prompt, details } };
}
