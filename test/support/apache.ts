import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endProcesses, runProgram } from './process_curfew.ts';
import { waitUntil } from './process_wait.ts';

/** Debian's Apache, whose pages mod_auth_openidc shows to nobody who has not signed in. */
export interface Apache {
  /** The access log: method, path and status of each request. */
  answered(): string[];
  stop(): Promise<void>;
}

export interface ApacheOptions {
  /** Its origin, on the loopback. */
  site: string;
  issuer: string;
  client: { id: string; secret: string };
  /** By file name. */
  pages: Readonly<Record<string, string>>;
  /** Ask the issuer for fresh tokens whenever somebody comes by. */
  refreshes: boolean;
}

const program = '/usr/sbin/apache2';
const modules = '/usr/lib/apache2/modules';
const loaded = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_openidc'];
/** Apache serves nothing as root. This is nobody, everywhere. */
const unprivileged = { uid: 65534, gid: 65534 };

export function assertApacheIsInstalled(): void {
  if ([program, `${modules}/mod_auth_openidc.so`].every((file) => existsSync(file))) return;
  throw new Error('Apache is missing: apt-get install apache2-bin libapache2-mod-auth-openidc');
}

/** Resolves when it answers, and rejects when it ends before. */
export async function startApache(options: ApacheOptions): Promise<Apache> {
  const directory = mkdtempSync(path.join(tmpdir(), 'curfew-apache-'));
  const file = (name: string) => path.join(directory, name);
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
  mkdirSync(file('pages'));
  for (const [name, text] of Object.entries(options.pages)) writeFileSync(file(`pages/${name}`), text);
  writeFileSync(file('apache.conf'), configure(options, directory));
  const identity = process.geteuid?.() === 0 ? unprivileged : undefined;
  if (identity) chownSync(directory, identity.uid, identity.gid);

  let end: string | undefined;
  void runProgram(program, ['-f', file('apache.conf'), '-D', 'FOREGROUND'], { ...identity }).then(
    ({ code, stderr }) => (end = `Apache ended with ${code}.\n${stderr}${read('error.log')}`),
  );
  const stop = async () => {
    await endProcesses();
    rmSync(directory, { recursive: true });
  };
  const answers = async () => {
    if (end !== undefined) throw new Error(end);
    return await canReach(options.site);
  };
  try {
    await waitUntil(answers, 'Apache does not answer');
  } catch (failure) {
    await stop();
    throw failure;
  }
  return { answered: () => read('access.log').split('\n').slice(0, -1), stop };
}

async function canReach(site: string): Promise<boolean> {
  return await fetch(site, { redirect: 'manual' }).then(
    () => true,
    () => false,
  );
}

/**
 * Sessions are kept on the server, where a logout token finds them. Apache's own limits stay what they are
 * by default, five minutes and eight hours: no test takes so long.
 */
function configure({ site, issuer, client, refreshes }: ApacheOptions, directory: string): string {
  const { host } = new URL(site);
  return `
    ServerName ${host}
    Listen ${host}
    ServerRoot ${directory}
    DefaultRuntimeDir ${directory}
    DocumentRoot ${directory}/pages
    PidFile apache.pid
    ErrorLog error.log
    CustomLog access.log "%m %U%q %>s"
    ${loaded.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
    OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
    OIDCClientID ${client.id}
    OIDCClientSecret "${client.secret}"
    OIDCProviderTokenEndpointAuth client_secret_basic
    OIDCResponseType code
    OIDCPKCEMethod S256
    OIDCScope "openid profile"
    OIDCRedirectURI ${site}/redirect_uri
    OIDCCryptoPassphrase ${randomBytes(16).toString('hex')}
    OIDCSessionType server-cache
    OIDCCacheType file
    OIDCCacheDir ${directory}
    <Location "/">
      AuthType openid-connect
      Require valid-user
      ${refreshes ? 'OIDCRefreshAccessTokenBeforeExpiry 300' : ''}
    </Location>
  `;
}
