import { routes as apiRoutes } from '../../src/admin/api/routes.ts';
import { apiRoot } from '../../src/admin/api/serve.ts';
import { routes as consoleRoutes } from '../../src/admin/console/routes.ts';
import { consoleRoot } from '../../src/admin/console/visit.ts';
import { writeCursor } from '../../src/admin/cursor.ts';
import { known } from './fill_company.ts';

/** One address to measure. */
export interface Question {
  address: string;
  isOfApi: boolean;
  /** Measured until its first part comes: as long as it goes on, it is what was asked for. */
  isFile: boolean;
  /** A text that the answer has, or it has not found what it was asked for. */
  holds?: string;
}

interface Search {
  query: string;
  holds?: string;
}

const encode = encodeURIComponent;
const day = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
/** Limits that end nothing, and that end whoever did nothing for 57 minutes: one of twenty-five. */
const preview = (idle: string): string =>
  `refresh_idle=${idle}&session_idle=${idle}&refresh_absolute=30d&session_absolute=30d&access_token_ttl=10m&mfa=none`;

/** What stands for the names in addresses; a route with another one is a fault of this bench. */
const params: Readonly<Record<string, string>> = {
  account_id: known.accountId,
  session_id: known.sessionId,
  family_id: known.familyId,
  client_id: known.clientId,
  name: 'member',
  kind: 'web',
  version: '3',
};

/** What is asked of a route beside its bare address, or instead of it. */
const searches: Readonly<Record<string, readonly Search[]>> = {
  '/console/accounts': [
    { query: '' },
    { query: `username=${known.username}`, holds: known.username },
    { query: 'username=person0', holds: 'person0' },
    { query: 'role=auditor', holds: 'zulu' },
    { query: 'role=staff' },
    { query: 'role=partner' },
    { query: 'role=partner&username=zulu', holds: 'zulu' },
    { query: 'role=partner&username=person' },
    { query: `cursor=${writeCursor('person0080000')}` },
  ],
  '/console/sessions': [
    { query: '', holds: 'person' },
    { query: `person=${known.username}`, holds: known.username },
    { query: `client=${known.clientId}` },
    { query: 'policy=admin' },
    { query: 'soon=1' },
  ],
  '/console/sessions/end': [{ query: `session=${known.sessionId}`, holds: known.username }],
  '/console/clients': [{ query: '' }, { query: 'id=app-009', holds: 'app-009' }],
  '/console/policies/{name}/preview': [
    { query: preview('10h') },
    { query: preview('57m'), holds: 'idle_timeout' },
  ],
  '/console/audit': [
    { query: '', holds: 'refresh' },
    { query: 'name=session.ended', holds: 'session.ended' },
    { query: 'name=password.changed' },
    { query: `account=${known.username}` },
    { query: `from=${day(20)}&to=${day(19)}`, holds: 'refresh' },
    { query: `name=password.changed&from=${day(20)}&to=${day(19)}` },
  ],
  // A company that never replaced a key has none to remove.
  '/console/keys/{key_id}/remove': [],
  '/console/notices/replay': [{ query: 'all=1' }],
  '/admin/v1/accounts': [
    { query: '', holds: 'person' },
    { query: `limit=200&cursor=${writeCursor('person0080000')}` },
  ],
  '/admin/v1/sessions': [
    { query: 'limit=200' },
    { query: `account_id=${known.accountId}`, holds: known.username },
  ],
  '/admin/v1/families': [
    { query: 'limit=200' },
    { query: `account_id=${known.accountId}`, holds: known.username },
  ],
  '/admin/v1/leases': [{ query: '', holds: 'person' }, { query: `account_id=${known.accountId}` }],
  '/admin/v1/explain': [
    { query: `username=${known.username}&client_id=${known.clientId}&scope=${encode('openid')}` },
  ],
  '/admin/v1/clients': [
    { query: 'limit=200', holds: 'app-' },
    { query: `cursor=${writeCursor('app-00900')}` },
  ],
  '/admin/v1/audit-events': [
    { query: 'limit=200', holds: 'refresh.granted' },
    { query: 'name=session.ended', holds: 'session.ended' },
    { query: 'name=password.changed' },
    { query: `account_id=${known.accountId}` },
  ],
  // Between these two came all clients at once.
  '/admin/v1/configuration/versions/{version}/diff': [{ query: '' }, { query: 'to=2', holds: 'app-00001' }],
  // All that is configured, and all that was ever recorded: they grow with it, and are no lists.
  '/admin/v1/configuration': [],
  '/admin/v1/audit-verification': [],
  '/admin/v1/notices': [{ query: '' }, { query: 'state=all' }],
  '/admin/v1/reports/usage': [{ query: '' }, { query: 'by=client' }],
  '/admin/v1/reports/timeouts': [{ query: '' }, { query: 'by=client' }],
};

/** Every page of the console and everything that the API lets read, each with the searches that it has. */
export function listQuestions(): Question[] {
  return [
    ...consoleRoutes.map(({ method, path }) => ({ method, path: consoleRoot + path })),
    ...apiRoutes.map(({ method, path }) => ({ method, path: apiRoot + path })),
  ].flatMap(({ method, path }) => (method === 'GET' ? listOfRoute(path) : []));
}

function listOfRoute(path: string): Question[] {
  const asked = searches[path] ?? [{ query: '' }];
  if (asked.length === 0) return [];
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`What stands for ${name} in ${path}?`);
    return encode(value);
  });
  return asked.map(({ query, holds }) => ({
    address: query === '' ? named : `${named}?${query}`,
    isOfApi: path.startsWith(apiRoot),
    isFile: /\.(csv|json|ndjson|html)$/.test(path),
    ...(holds === undefined ? {} : { holds }),
  }));
}
