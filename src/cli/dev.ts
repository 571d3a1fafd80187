import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import pino from 'pino';
import { parseConfigurationFile } from '../config/configuration_file.ts';
import type { ConfigurationFile } from '../config/configuration_file.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Environment } from '../config/environment.ts';
import { ensureDemoHistory } from '../dev/company/ensure_demo_history.ts';
import { readDemoConfiguration, readDemoSecrets, readDevelopmentSecret } from '../dev/demo.ts';
import type { DemoSecrets } from '../dev/demo.ts';
import { migrate } from '../store/migrate.ts';
import { applyAtStart, readConfigurationFile } from './apply_file.ts';
import { startEmbeddedDatabase } from './embedded_database.ts';
import { openPool } from './open_pool.ts';
import type { OpenDatabase } from './open_pool.ts';
import { waitForSignal } from './wait_for_signal.ts';

export function addDevCommand(program: Command): void {
  program
    .command('dev')
    .description('run on this machine, with a PostgreSQL of its own, the demo configuration and a demo app')
    .action(async () => {
      const stopped = waitForSignal();
      const environment = readEnvironment(process.env, 'dev');
      const issuer = environment.issuer ?? `http://localhost:${environment.port}`;
      await assertPortFree(environment.port, environment.host);
      if (!environment.configPath) await assertPortFree(findDemoPort(environment), 'localhost');
      const { database, close } = await openDevelopmentDatabase(environment);
      try {
        const demo = environment.configPath ? undefined : readDemo(environment);
        const file = demo?.file ?? readConfigurationFile(environment.configPath ?? '');
        const notes = await applyAtStart(database, file);
        const hasHistory = demo !== undefined && (await ensureDemoHistory(database));
        if (!demo) for (const note of notes) process.stderr.write(`${note}\n`);
        // The protocol library is loaded only where a server runs.
        const { startServer } = await import('./start_server.ts');
        const app = await startServer({
          environment,
          issuer,
          secrets: environment.secrets ?? [readDevelopmentSecret(environment.dataDirectory)],
          database,
          allowsLoopbackReceivers: true,
          logTo: pino.destination({ fd: 2, sync: true }),
          logLevel: process.env.CURFEW_LOG_LEVEL ? environment.logLevel : 'warn',
        });
        const demoApp = demo && startDemoApp(issuer, demo);
        process.stdout.write(welcome(environment, issuer, demo, hasHistory ? demoHistory : []));
        process.stdout.write(`ready ${issuer}\n`);
        await stopped;
        if (demoApp) await endProcess(demoApp);
        await app.close(2000);
      } finally {
        await close();
      }
    });
}

async function openDevelopmentDatabase(environment: Environment): Promise<OpenDatabase> {
  const { databaseUrl, migrateDatabaseUrl } = environment;
  if (!databaseUrl) return await startEmbeddedDatabase(environment);
  await migrate(migrateDatabaseUrl ?? databaseUrl);
  const role = migrateDatabaseUrl ? undefined : await findServerRole(environment, databaseUrl);
  const database = openPool(environment, databaseUrl, role);
  return { database, ownerUrl: migrateDatabaseUrl ?? databaseUrl, close: () => database.end() };
}

/**
 * One URL for both: the server takes on its own role, and with it loses the owner's rights. An owner that
 * may not take it on serves as it is: what `serve` refuses is good enough for development.
 */
async function findServerRole(environment: Environment, ownerUrl: string): Promise<string | undefined> {
  const owner = openPool(environment, ownerUrl);
  try {
    const [row] = await owner.query<{ possible: boolean }>({
      name: 'server_role_possible',
      text: `select pg_has_role('curfew_server', 'set') as possible`,
    });
    return row?.possible ? 'curfew_server' : undefined;
  } finally {
    await owner.end();
  }
}

interface Demo {
  url: string;
  port: number;
  secrets: DemoSecrets;
  file: ConfigurationFile;
}

/** The port beside the issuer's. */
function findDemoPort({ port }: Environment): number {
  return port < 65_535 ? port + 1 : port - 1;
}

/** Rejects with the system's EADDRINUSE before anything is started in vain. */
function assertPortFree(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function readDemo(environment: Environment): Demo {
  const port = findDemoPort(environment);
  const url = `http://localhost:${port}`;
  const secrets = readDemoSecrets(environment.dataDirectory);
  const file = parseConfigurationFile(readDemoConfiguration(url), { env: { ...secrets } });
  return { url, port, secrets, file };
}

/** It ends with this process, even if that is killed: its end of the channel is closed then. */
const endWithParent = `data:text/javascript,process.once('disconnect',()=>process.exit())`;

/** A build has none. */
const demoAppEntry = fileURLToPath(new URL('../../examples/web/server.ts', import.meta.url));

function startDemoApp(issuer: string, { url, port, secrets }: Demo): ChildProcess | undefined {
  if (!existsSync(demoAppEntry)) return undefined;
  return spawn(process.execPath, ['--import', endWithParent, '--import', 'tsx', demoAppEntry], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      ISSUER: issuer,
      CLIENT_ID: 'demo',
      CLIENT_SECRET: secrets.DEMO_CLIENT_SECRET,
      PORT: String(port),
      BASE_URL: url,
      RESOURCE: 'https://orders.example.com',
      SCOPE: 'openid profile email orders.read',
      STEP_UP_SCOPE: 'orders.write',
    },
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

const demoHistory = [
  '',
  '  The trail begins with demo data: thirty days of a made-up company. What its limits did:',
  '    npx curfew report timeouts',
];

function welcome(
  { dataDirectory, databaseUrl }: Environment,
  issuer: string,
  demo: Demo | undefined,
  history: readonly string[],
): string {
  const lines = [
    '',
    `  Curfew answers at ${issuer}`,
    '  For development only: plain http on this machine.',
    `  Data: ${databaseUrl ? 'the database of CURFEW_DATABASE_URL' : dataDirectory}`,
  ];
  if (demo) {
    const { DEMO_ADA_PASSWORD: ada, DEMO_GRACE_PASSWORD: grace } = demo.secrets;
    lines.push(
      '',
      existsSync(demoAppEntry)
        ? `  Open the demo app: ${demo.url}`
        : '  No demo app: a build has none. Start it from a checkout with npm start.',
      `  Sign in as  ada    ${ada}   member: access ends after 2 minutes without activity`,
      `          or  grace  ${grace}   admin: after 45 seconds, so that you can watch it`,
    );
  }
  lines.push('', `  The operators' console: ${issuer}/console`);
  if (demo)
    lines.push(
      `  Sign in as  olga   ${demo.secrets.DEMO_OLGA_PASSWORD}   operator: after 30 minutes, so that you can read`,
      ...history,
    );
  lines.push('', '  Ctrl-C stops everything. The next start goes on with the same data.', '', '');
  return lines.join('\n');
}
