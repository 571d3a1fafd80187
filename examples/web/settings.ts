/** What the environment says. `README.md` names the variables. */
export interface Settings {
  readonly issuer: URL;
  readonly clientId: string;
  /** Undefined makes this a public client. */
  readonly clientSecret: string | undefined;
  readonly scope: string;
  /** A scope asked for only when the visitor does something sensitive: it may take a second factor. */
  readonly stepUpScope: string | undefined;
  /** The resource indicator (RFC 8707) that access tokens are asked for. */
  readonly resource: string | undefined;
  readonly port: number;
  /** Where browsers find this app, an origin; undefined means localhost and the port it listens on. */
  readonly baseUrl: string | undefined;
}

/** Every fault is named in the one error that this throws. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = [];
  const issuer = readUrl('ISSUER', env.ISSUER, faults);
  if (!env.ISSUER) faults.push('ISSUER is missing');
  if (!env.CLIENT_ID) faults.push('CLIENT_ID is missing');
  if (issuer?.protocol === 'http:' && !isLoopback(issuer)) faults.push('ISSUER may be http on loopback only');

  const baseUrl = readUrl('BASE_URL', env.BASE_URL, faults);
  if (baseUrl && baseUrl.href !== `${baseUrl.origin}/`) faults.push('BASE_URL has more than an origin');

  const port = Number(env.PORT || 3001);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) faults.push('PORT is not a port number');

  if (faults.length > 0 || !issuer) throw new Error(faults.join('; '));
  return {
    issuer,
    clientId: env.CLIENT_ID || '',
    clientSecret: env.CLIENT_SECRET || undefined,
    scope: env.SCOPE || 'openid profile email',
    stepUpScope: env.STEP_UP_SCOPE || undefined,
    resource: env.RESOURCE || undefined,
    port,
    baseUrl: baseUrl?.origin,
  };
}

/** Whether the address cannot leave this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function readUrl(name: string, value: string | undefined, faults: string[]): URL | undefined {
  if (!value) return undefined;
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol)) return url;
  faults.push(`${name} is not an http or https URL`);
  return undefined;
}
