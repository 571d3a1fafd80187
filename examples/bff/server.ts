import { createServer } from 'node:http';
import { createRelyingParty } from './relying_party.ts';
import { createRequestHandler } from './request_handler.ts';

const { ISSUER: issuer = '', API: api = '', CLIENT_ID, CLIENT_SECRET: clientSecret = '', PORT } = process.env;
if (!URL.canParse(issuer) || !URL.canParse(api)) exit('ISSUER and API must be URLs');
if (!clientSecret) exit('CLIENT_SECRET is missing');
const port = Number(PORT || 3003);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

const origin = `http://localhost:${port}`;
const relyingParty = createRelyingParty({ issuer, clientId: CLIENT_ID || 'bff', clientSecret, origin, api });
const server = createServer(createRequestHandler(relyingParty, { api, origin }));
server.on('error', (fault) => exit(`cannot listen: ${fault.message}`));
server.listen(port, 'localhost', () => console.log(`ready ${origin}`));

function exit(reason: string): never {
  console.error(`bff: ${reason}`);
  process.exit(1);
}
