/**
 * Runs one example with all that it needs, until it ends or Ctrl-C: `npm run example NAME [argument …]`. Curfew
 * starts with `curfew.yaml` and a database of its own under `.curfew/examples`, then the API, then the example.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = `${root}.curfew/examples`;
const issuer = 'http://localhost:3000';
const api = 'http://localhost:3002';
const loader = ['--import', 'tsx'];

interface Secrets {
  LIN_PASSWORD: string;
  WEB_SECRET: string;
  BFF_SECRET: string;
}

/** The program of each, and what its environment says beyond `ISSUER` and `API`. */
const examples: Readonly<Record<string, { program: string; env(secrets: Secrets): Record<string, string> }>> =
  {
    web: {
      program: 'web/server.ts',
      env: ({ WEB_SECRET }) => ({
        CLIENT_ID: 'web',
        CLIENT_SECRET: WEB_SECRET,
        RESOURCE: api,
        SCOPE: 'openid profile email reports.read',
        STEP_UP_SCOPE: 'payments.write',
      }),
    },
    bff: { program: 'bff/server.ts', env: ({ BFF_SECRET }) => ({ CLIENT_SECRET: BFF_SECRET }) },
    spa: { program: 'spa/server.ts', env: () => ({}) },
    tool: { program: 'tool/main.ts', env: () => ({ TOKENS: `${directory}/tool.json` }) },
    service: { program: 'service/main.ts', env: () => ({ KEY: `${directory}/service-key.json` }) },
  };

const [name = '', ...rest] = process.argv.slice(2);
const example = examples[name];
if (!example) {
  console.error(`There is no example ${name}. There are: ${Object.keys(examples).join(', ')}`);
  process.exit(2);
}
mkdirSync(directory, { recursive: true, mode: 0o700 });
const secrets = readSecrets(`${directory}/secrets.json`);
const children: ChildProcess[] = [];
let ending = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0));

await startAndWait(['src/bin.js', 'dev'], {
  ...secrets,
  CURFEW_CONFIG: 'examples/curfew.yaml',
  CURFEW_DATA_DIR: directory,
  CURFEW_PORT: '3000',
});
await startAndWait([...loader, 'examples/api/server.ts'], { ISSUER: issuer, PORT: '3002' });
console.error(`Curfew is at ${issuer}: sign in as lin with the password ${secrets.LIN_PASSWORD}`);
const program = start([...loader, `examples/${example.program}`, ...rest], {
  ISSUER: issuer,
  API: api,
  ...example.env(secrets),
});
program.once('close', (code) => end(code ?? 1));

function start(args: readonly string[], env: object, stdio: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', stdio, 'inherit'],
  });
  children.push(child);
  return child;
}

/** Resolves when the program says `ready`; ends everything if it ends before. */
async function startAndWait(args: readonly string[], env: object): Promise<void> {
  const child = start(args, env, 'pipe');
  let said = '';
  await new Promise<void>((resolve) => {
    child.once('close', () => end(1));
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/^ready /m.test(said)) resolve();
    });
  });
}

/** What it started ends first, the last one first. */
function end(code: number): void {
  if (ending) return;
  ending = true;
  process.exitCode = code;
  for (const child of children.toReversed()) child.kill('SIGTERM');
}

function readSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    const secret = () => randomBytes(18).toString('base64url');
    const made: Secrets = { LIN_PASSWORD: secret(), WEB_SECRET: secret(), BFF_SECRET: secret() };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
}
