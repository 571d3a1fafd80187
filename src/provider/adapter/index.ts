import type { Adapter, AdapterFactory } from 'oidc-provider';
import { accessTokenAdapter } from './access_token.ts';
import { artifactAdapter } from './artifact.ts';
import { authorizationCodeAdapter } from './authorization_code.ts';
import { clientAdapter } from './client.ts';
import { clientCredentialsAdapter } from './client_credentials.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';
import { deviceCodeAdapter } from './device_code.ts';
import { grantAdapter } from './grant.ts';
import { interactionAdapter } from './interaction.ts';
import { refreshTokenAdapter } from './refresh_token.ts';
import { replayDetectionAdapter } from './replay_detection.ts';
import { sessionAdapter } from './session.ts';

const models: Record<string, (dependencies: AdapterDependencies) => ModelAdapter> = {
  AccessToken: accessTokenAdapter,
  AuthorizationCode: authorizationCodeAdapter,
  Client: clientAdapter,
  ClientCredentials: clientCredentialsAdapter,
  DeviceCode: deviceCodeAdapter,
  Grant: grantAdapter,
  Interaction: interactionAdapter,
  RefreshToken: refreshTokenAdapter,
  ReplayDetection: replayDetectionAdapter,
  Session: sessionAdapter,
};

/** The library's adapter over our tables. Without state of its own: everything hangs on the request's context. */
export function createAdapter(dependencies: AdapterDependencies): AdapterFactory {
  return (name) => {
    const build = models[name];
    const adapter = build ? build(dependencies) : artifactAdapter(name, dependencies);
    return { ...inert, ...adapter };
  };
}

const inert: Adapter = {
  upsert: () => Promise.reject(new Error('This model is never stored.')),
  find: () => Promise.resolve(undefined),
  findByUid: () => Promise.resolve(undefined),
  findByUserCode: () => Promise.resolve(undefined),
  consume: () => Promise.resolve(undefined),
  destroy: () => Promise.resolve(undefined),
  // Reuse, revocation and replay end one family, decided where they are found; never a whole grant.
  revokeByGrantId: () => Promise.resolve(undefined),
};
