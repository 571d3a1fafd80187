import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequestHandler } from './request_handler.ts';
import { isLoopback, readSettings } from './settings.ts';
import type { Settings } from './settings.ts';

const settings = readSettingsOrExit();
const server = createServer();

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

server.on('error', (fault) => exit(`cannot listen: ${fault.message}`));

server.listen({ port: settings.port, host: listeningHost(settings) }, () => {
  const { port } = server.address() as AddressInfo;
  const baseUrl = settings.baseUrl ?? `http://localhost:${port}`;
  server.on('request', createRequestHandler(settings, baseUrl));
  console.log(`ready ${baseUrl}`);
});

function readSettingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (fault) {
    return exit((fault as Error).message);
  }
}

/** Loopback only, unless the address that browsers use leads elsewhere. */
function listeningHost({ baseUrl }: Settings): string | undefined {
  const url = new URL(baseUrl ?? 'http://localhost');
  return isLoopback(url) ? url.hostname.replace(/^\[|\]$/g, '') : undefined;
}

function exit(reason: string): never {
  console.error(`demo app: ${reason}`);
  process.exit(1);
}
