import { homedir } from 'node:os';
import { join } from 'node:path';
import { WWWAuthenticateChallengeError } from 'openid-client';
import { createAuthorization } from './authorization.ts';
import type { Wish } from './authorization.ts';
import { forgetTokens, readTokens, writeTokens } from './tokens_file.ts';
import type { KeptTokens } from './tokens_file.ts';

interface Action {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
}

const actions = new Map<string, Action>([
  ['reports', { method: 'GET', path: '/reports', scope: 'openid reports.read' }],
  ['pay', { method: 'POST', path: '/payments', scope: 'openid reports.read payments.write' }],
]);
/** An access token that ends sooner is refreshed first: milliseconds. */
const shortestLife = 5000;

const { ISSUER: issuer = '', API: api = '', CLIENT_ID, TOKENS } = process.env;
const file = TOKENS || join(homedir(), '.config', 'curfew-tool.json');
const wanted = process.argv[2] ?? 'reports';
const action = actions.get(wanted);
if (!URL.canParse(issuer) || !URL.canParse(api)) exit('ISSUER and API must be URLs');
if (!action && wanted !== 'logout') exit(`there is no ${wanted}: say reports, pay or logout`);

const authorization = await createAuthorization(issuer, CLIENT_ID || 'tool', api);
await (action ? run(action) : logOut()).catch((fault: unknown) => exit((fault as Error).message));

async function run({ method, path, scope }: Action): Promise<void> {
  const url = new URL(path, api);
  const { accessToken } = (await findTokens()) ?? (await askUser({ scope }));
  let answer: Response;
  try {
    answer = await authorization.send(accessToken, url, method);
  } catch (fault) {
    if (!(fault instanceof WWWAuthenticateChallengeError)) throw fault;
    // Once: then what the API asks for is there, or something is wrong.
    const better = await askUser(readChallenge(fault, scope));
    answer = await authorization.send(better.accessToken, url, method);
  }
  console.log(await answer.text());
}

/** RFC 9470 §3, RFC 6750 §3.1: what the API says that it takes. */
function readChallenge({ cause }: WWWAuthenticateChallengeError, scope: string): Wish {
  const { acr_values: acrValues, max_age: maxAge } = cause[0]?.parameters ?? {};
  return { scope, acrValues, maxAge };
}

/** Those of an earlier run, fresh enough to be used. */
async function findTokens(): Promise<KeptTokens | undefined> {
  const kept = readTokens(file);
  if (!kept || kept.expiresAt > Date.now() + shortestLife) return kept;
  if (kept.refreshToken === undefined) return undefined;
  const fresh = await authorization.refresh(kept.refreshToken, (reason) => console.error(`tool: ${reason}`));
  if (fresh) writeTokens(file, fresh);
  return fresh;
}

async function askUser(wish: Wish): Promise<KeptTokens> {
  const tokens = await authorization.signIn(wish, (address, code) =>
    console.error(`Open ${address}\nand allow it if it shows the code ${code}.`),
  );
  writeTokens(file, tokens);
  return tokens;
}

async function logOut(): Promise<void> {
  const refreshToken = readTokens(file)?.refreshToken;
  if (refreshToken !== undefined) await authorization.revoke(refreshToken);
  forgetTokens(file);
}

function exit(reason: string): never {
  console.error(`tool: ${reason}`);
  process.exit(1);
}
