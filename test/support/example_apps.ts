import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { findFreePort } from './ports.ts';
import { startServer } from './process_curfew.ts';
import type { Running } from './process_curfew.ts';
import { startTestServer } from './server.ts';
import type { TestServer } from './server.ts';

/** A server with the configuration of the examples, and the API that they call. End the programs with `endProcesses`. */
export interface ExampleApps {
  server: TestServer;
  /** Where the API is. */
  api: string;
  /** The environment of an example's program, which listens at its port here. */
  environmentOf(name: ExampleName): Record<string, string>;
  start(name: ExampleName, env?: Record<string, string>): Promise<Running>;
}

export type ExampleName = 'web' | 'bff' | 'spa' | 'service' | 'tool';
const ports: Readonly<Record<ExampleName | 'api', number>> = {
  web: 3001,
  api: 3002,
  bff: 3003,
  spa: 3004,
  service: 3005,
  tool: 0,
};
const bffSecret = 'secret of the app behind a backend';

export async function openExampleApps(): Promise<ExampleApps> {
  const own = new Map<number, number>();
  for (const port of Object.values(ports)) own.set(port, await findFreePort());
  const file = readFileSync(fileURLToPath(new URL('../../examples/curfew.yaml', import.meta.url)), 'utf8');
  const text = file.replaceAll(/(?<=localhost:)\d+/g, (port) => String(own.get(Number(port))));
  const env = {
    LIN_PASSWORD: 'correct horse battery',
    WEB_SECRET: 'secret of the web app',
    BFF_SECRET: bffSecret,
  };
  const server = await startTestServer(parseConfigurationFile(text, { env }));
  const api = `http://localhost:${own.get(ports.api)}`;
  await startServer(process.execPath, ['--import', 'tsx', 'examples/api/server.ts'], {
    env: { ISSUER: server.issuer, PORT: String(own.get(ports.api)) },
  });
  const environmentOf = (name: ExampleName) => ({
    ISSUER: server.issuer,
    API: api,
    PORT: String(own.get(ports[name])),
    ...(name === 'bff' ? { CLIENT_SECRET: bffSecret } : {}),
  });
  return {
    server,
    api,
    environmentOf,
    start: (name, more = {}) =>
      startServer(
        process.execPath,
        ['--import', 'tsx', `examples/${name}/${name === 'service' ? 'main' : 'server'}.ts`],
        {
          env: { ...environmentOf(name), ...more },
        },
      ),
  };
}
