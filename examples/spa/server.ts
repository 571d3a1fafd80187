import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';

const { ISSUER: issuer = '', CLIENT_ID: clientId = 'spa', PORT } = process.env;
if (!URL.canParse(issuer)) exit('ISSUER must be a URL');
const port = Number(PORT || 3004);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

/** What `openid-client` imports, as it says it, and where npm has put that: below this directory. */
const require = createRequire(import.meta.resolve('openid-client'));
const imports = ['openid-client', 'oauth4webapi', 'jose/jwe/compact/decrypt', 'jose/errors'];
const modules = dirname(dirname(dirname(require.resolve('openid-client'))));
const importMap = JSON.stringify({
  imports: Object.fromEntries(
    imports.map((name) => [name, `/modules/${relative(modules, require.resolve(name))}`]),
  ),
});
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8')
  .replace('IMPORT_MAP', importMap)
  .replace('SETTINGS', encodeURIComponent(JSON.stringify({ issuer, clientId })));
const files = new Map([
  ['/', page],
  ...['app.js', 'app.css'].map(
    (name) => [`/${name}`, readFileSync(new URL(name, import.meta.url), 'utf8')] as const,
  ),
]);
const types = new Map([
  ['', 'text/html'],
  ['.js', 'text/javascript'],
  ['.css', 'text/css'],
]);
const policy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
  "style-src 'self'",
  `connect-src ${new URL(issuer).origin}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const content = request.method === 'GET' ? (files.get(pathname) ?? readModule(pathname)) : undefined;
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Referrer-Policy', 'no-referrer');
  if (content === undefined) return void response.writeHead(404).end();
  response.setHeader('Content-Type', types.get(extname(pathname)) ?? 'application/octet-stream');
  response.end(content);
});
server.on('error', (fault) => exit(`cannot listen: ${fault.message}`));
server.listen(port, 'localhost', () => console.log(`ready http://localhost:${port}`));

/** A script of one of the three packages. */
function readModule(pathname: string): Buffer | undefined {
  const [, file = ''] =
    /^\/modules\/((?:openid-client|oauth4webapi|jose)\/[\w./-]+\.js)$/.exec(pathname) ?? [];
  if (!file || file.split('/').includes('..')) return undefined;
  try {
    return readFileSync(join(modules, file));
  } catch {
    return undefined;
  }
}

function exit(reason: string): never {
  console.error(`spa: ${reason}`);
  process.exit(1);
}
