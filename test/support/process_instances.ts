import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBalancer } from './process_balancer.ts';
import { startBuiltDev } from './process_curfew.ts';
import type { Running } from './process_curfew.ts';
import { findPortPair } from './ports.ts';
import { ada, shop } from './example_configuration.ts';
import { redirectUri } from './relying_party.ts';

/** What one file tells every instance: an account and a confidential client, limits out of the way. */
const configuration = `
policies:
  member:
    { access_token_ttl: 1h, refresh_idle: 30m, refresh_absolute: 12h, refresh_overlap: 60s, session_idle: 1h, session_absolute: 12h, mfa: none, max_sessions: 50 }
roles:
  member: { policy: member }
clients:
  - client_id: ${shop.clientId}
    client_secret_env: SHOP_SECRET
    redirect_uris: [${redirectUri}]
    scope: openid profile email offline_access
users:
  - { username: ada, roles: [member], password_env: ADA_PASSWORD }
`;

export interface Instance extends Running {
  /** Where this one instance answers. */
  origin: string;
}

export interface Instances {
  /** An address that asks the living instances in turn. */
  issuer: string;
  /** What all of them have, base64. */
  secret: string;
  /** Another `curfew dev` of the same database, issuer and secret, with more in its environment. */
  start(env?: Record<string, string>): Promise<Instance>;
  /** After all of them have ended. */
  remove(): Promise<void>;
}

/** For several `curfew dev` over one database. */
export async function prepareInstances(databaseUrl: string): Promise<Instances> {
  const directory = await mkdtemp(path.join(tmpdir(), 'curfew-shared-'));
  const file = path.join(directory, 'curfew.yaml');
  await writeFile(file, configuration);
  const balancer = await startBalancer();
  const secret = randomBytes(32).toString('base64');
  return {
    issuer: balancer.origin,
    secret,
    async start(env = {}) {
      const port = await findPortPair();
      const running = await startBuiltDev({
        CURFEW_DATABASE_URL: databaseUrl,
        CURFEW_DATABASE_POOL: '8',
        CURFEW_DATA_DIR: path.join(directory, `data-${port}`),
        CURFEW_ISSUER: balancer.origin,
        CURFEW_SECRET: secret,
        CURFEW_CONFIG: file,
        CURFEW_PORT: String(port),
        SHOP_SECRET: shop.secret,
        ADA_PASSWORD: ada.password,
        ...env,
      });
      const origin = `http://127.0.0.1:${port}`;
      balancer.targets.push(origin);
      const forget = () => void balancer.targets.splice(balancer.targets.indexOf(origin), 1);
      running.ended.then(forget, forget);
      return { ...running, origin };
    },
    async remove() {
      await balancer.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface RefreshAnswer {
  status: number;
  refreshToken: string;
  requestId: string;
  body: Record<string, unknown>;
}

/** One refresh at one instance; rejects when the instance is gone before it has answered. */
export async function refreshAt(origin: string, token: string): Promise<RefreshAnswer> {
  const response = await fetch(`${origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
    headers: { authorization: `Basic ${btoa(`${shop.clientId}:${shop.secret}`)}` },
  });
  const body = (await response.json()) as Record<string, unknown>;
  const requestId = response.headers.get('x-request-id') ?? '';
  return { status: response.status, refreshToken: String(body.refresh_token), requestId, body };
}
