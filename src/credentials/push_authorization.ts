import type { SecretsAtRest } from './secrets_at_rest.ts';

const context = (streamId: string): string => `ssf_streams:push_authorization_sealed:${streamId}`;

/** Seal the `Authorization` that a stream's receiver wants with each push. */
export function sealPushAuthorization(secrets: SecretsAtRest, streamId: string, value: string): string {
  return secrets.seal(Buffer.from(value), context(streamId));
}

export function openPushAuthorization(secrets: SecretsAtRest, streamId: string, sealed: string): string {
  return secrets.open(sealed, context(streamId)).toString('utf8');
}
