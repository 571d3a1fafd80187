import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { readDemoConfiguration } from '../../src/dev/demo.ts';
import { findFreePort } from './ports.ts';
import { startServer } from './process_curfew.ts';
import { startTestServer } from './server.ts';
import type { TestServer } from './server.ts';

export const ada = { username: 'ada', password: 'correct horse battery' };
export const grace = { username: 'grace', password: 'staple correct horse' };
export const olga = { username: 'olga', password: 'horse staple correct' };

export interface Demo {
  server: TestServer;
  /** Where the demo app is. */
  url: string;
}

/**
 * A server with the demo configuration, at `localhost`, and the demo app at `host`: `127.0.0.1` is another
 * site, `localhost` the same site and another origin. End the app with `endProcesses`.
 */
export async function startDemo(host: 'localhost' | '127.0.0.1' = 'localhost'): Promise<Demo> {
  const secret = 'secret of the demo app';
  const port = String(await findFreePort());
  const url = `http://${host}:${port}`;
  const env = {
    DEMO_CLIENT_SECRET: secret,
    DEMO_ADA_PASSWORD: ada.password,
    DEMO_GRACE_PASSWORD: grace.password,
    DEMO_OLGA_PASSWORD: olga.password,
  };
  const server = await startTestServer(parseConfigurationFile(readDemoConfiguration(url), { env }));
  await startServer(process.execPath, ['--import', 'tsx', 'examples/web/server.ts'], {
    env: {
      ISSUER: server.issuer,
      CLIENT_ID: 'demo',
      CLIENT_SECRET: secret,
      PORT: port,
      BASE_URL: url,
      RESOURCE: 'https://orders.example.com',
      SCOPE: 'openid profile email orders.read',
      STEP_UP_SCOPE: 'orders.write',
    },
  });
  return { server, url };
}
