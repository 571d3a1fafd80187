import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import * as oidc from 'openid-client';
import { readKey } from './key.ts';

const { ISSUER: issuer = '', API: api = '', CLIENT_ID, KEY, PORT, EVERY } = process.env;
if (!URL.canParse(issuer) || !URL.canParse(api)) exit('ISSUER and API must be URLs');
const every = Number(EVERY || 60);
if (!(every > 0)) exit('EVERY is no number of seconds');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

const key = await readKey(KEY || 'service-key.json');
const server = createServer((request, response) => {
  const isKeys = request.method === 'GET' && request.url === '/jwks';
  response.writeHead(isKeys ? 200 : 404, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(isKeys ? { keys: [key.publicJwk] } : { error: 'not_found' }));
});
server.on('error', (fault) => exit(`cannot listen: ${fault.message}`));
server.listen(Number(PORT || 3005), 'localhost', () => {
  console.log(`ready http://localhost:${(server.address() as AddressInfo).port}`);
  void work();
});

/** One access token serves until shortly before it ends; there is no refresh token: the key proves it anew. */
async function work(): Promise<void> {
  let held: { accessToken: string; until: number } | undefined;
  let configuration: oidc.Configuration | undefined;
  for (;;) {
    try {
      configuration ??= await discover();
      if (!held || held.until < Date.now()) held = await getToken(configuration);
      const url = new URL('/reports', api);
      const answer = await oidc.fetchProtectedResource(configuration, held.accessToken, url, 'GET');
      console.log(`${answer.status} ${await answer.text()}`);
    } catch (fault) {
      held = undefined;
      console.error(`service: ${describe(fault)}`);
    }
    await wait(every * 1000);
  }
}

async function discover(): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  // Without TLS only on this machine.
  const execute =
    url.protocol === 'http:' && url.hostname === 'localhost' ? [oidc.allowInsecureRequests] : [];
  const proof = oidc.PrivateKeyJwt({ key: key.privateKey, kid: key.kid });
  return await oidc.discovery(url, CLIENT_ID || 'service', {}, proof, { execute });
}

async function getToken(configuration: oidc.Configuration): Promise<{ accessToken: string; until: number }> {
  const asked = { scope: 'reports.read', resource: api };
  const { access_token: accessToken, expires_in: seconds = 0 } = await oidc.clientCredentialsGrant(
    configuration,
    asked,
  );
  return { accessToken, until: Date.now() + (seconds - 5) * 1000 };
}

function describe(fault: unknown): string {
  if (fault instanceof oidc.ResponseBodyError) return `${fault.error}: ${fault.error_description ?? ''}`;
  return (fault as Error).message;
}

function exit(reason: string): never {
  console.error(`service: ${reason}`);
  process.exit(1);
}
