import { hash } from 'node:crypto';
import type { Cluster } from '../support/cluster.ts';

export interface Company {
  accounts: number;
  clients: number;
  /** Each with a family of its own. */
  sessions: number;
  events: number;
}

/** What a company of any size has, to be asked for: a client, and one of its people with what is open. */
export const known = {
  clientId: 'app-00002',
  username: 'person0000004',
  accountId: uuidOf('account 4'),
  sessionId: uuidOf('session 1'),
  familyId: '00000000-0000-7000-8000-000000000001',
} as const;

/** As PostgreSQL reads an MD5 hash. */
function uuidOf(text: string): string {
  return hash('md5', text).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

const idOf = (kind: string, number: string) => `md5('${kind} ' || ${number})::uuid::text`;
/** One in a hundred comes last of all names, and has the role of partners: whoever walks through the names meets none for long. */
const username = `case when n % 100 = 0 then 'zulu' else 'person' end || lpad(n::text, 7, '0')`;
const client = (number: string, clients: number) =>
  `'app-' || lpad((${number} % ${clients} + 1)::text, 5, '0')`;
const familyId = (number: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/**
 * Fill the tables beside the one operator who signed in: people with their roles, clients, and what is open and
 * happened in a month. Tokens are left out: no page reads them.
 */
export async function fillCompany(cluster: Cluster, company: Company, onProgress: (line: string) => void) {
  for (const [what, text] of listFills(company)) {
    onProgress(`  ${what}`);
    await cluster.asAdmin(text);
  }
  onProgress('  analyze');
  await cluster.asAdmin('vacuum analyze');
}

function listFills({ accounts, clients, sessions, events }: Company): [string, string][] {
  return [
    [
      // Through its trigger: the history has them, too.
      'clients',
      `insert into clients (client_id, metadata, policy)
       select ${client('n', clients)}, jsonb_build_object('client_name', 'App ' || n,
           'redirect_uris', jsonb_build_array('https://app' || n || '.example.com/callback'),
           'grant_types', '["authorization_code","refresh_token"]'::jsonb, 'token_endpoint_auth_method', 'none',
           'response_types', '["code"]'::jsonb, 'scope', 'openid profile email offline_access orders.read'),
         case when n % 10 = 0 then 'apps' end
       from generate_series(0, ${clients} - 1) n`,
    ],
    ['a later version', `update policies set version = version + 1 where name = 'apps'`],
    [
      'accounts',
      `set session_replication_role = replica; -- without a look at each foreign key
       insert into accounts (account_id, username, email, name)
       select ${idOf('account', 'n')}, ${username}, 'person' || n || '@example.com', 'Person ' || n
       from generate_series(1, ${accounts}) n`,
    ],
    [
      'roles',
      `set session_replication_role = replica;
       insert into account_roles (account_id, role)
       select ${idOf('account', 'n')}, role from generate_series(1, ${accounts}) n
       cross join lateral (values ('member', 1), ('staff', 250), ('partner', 100), ('auditor', 1000)) r (role, every)
       where n % every = 0`,
    ],
    [
      'sessions and families',
      `set session_replication_role = replica;
       with template as (select s.payload, f.payload as family_payload from sessions s join families f using (session_id) limit 1),
       numbered as (
         select n, ${idOf('account', `(n::bigint * 3) % ${accounts} + 1`)} as account_id, ${idOf('session', 'n')} as session_id,
           ${idOf('grant', 'n')} as grant_id, ${client('n', clients)} as client_id,
           curfew_now() - make_interval(secs => 30 + n::bigint * 7919 % 3500) as at
         from generate_series(1, ${sessions}) n),
       granted as (
         insert into grants (grant_id, account_id, client_id, payload)
         select grant_id, account_id, client_id, '{}' from numbered),
       begun as (
         insert into sessions (session_id, cookie_hash, account_id, client_ids, payload, created_at, started_at,
           last_activity_at, password_at, check_at, user_agent, address)
         select session_id, sha256(convert_to(session_id, 'UTF8')), account_id, array[client_id], template.payload, at, at,
           at, at, at + interval '9 hours', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', '192.0.2.' || n % 256
         from numbered, template)
       insert into families (family_id, account_id, client_id, grant_id, session_id, bound, scopes, resources, payload,
         started_at, last_activity_at, check_at, oldest_token_hash, lease_seconds, lease_purpose)
       select ${familyId('n')}, account_id, client_id, grant_id, session_id, n % 10 > 0, '{openid,profile}', '{}', family_payload,
         at, at, at + interval '9 hours', sha256(convert_to(session_id, 'UTF8')),
         case when n % 500 = 0 then 36000 end, case when n % 500 = 0 then 'A long export' end
       from numbered, template`,
    ],
    [
      'notices',
      // Their receiver's operator holds it: nobody tries to deliver them.
      `insert into notice_receivers (receiver, held) values ('app-00001', true);
       insert into notices (kind, receiver, payload, queued_at, dead_at)
       select 'backchannel_logout', 'app-00001', '{}', curfew_now() - make_interval(secs => n % 3600),
         case when n % 100 = 0 then curfew_now() end
       from generate_series(1, ${sessions / 10}) n`,
    ],
    [
      'events',
      // Their ids tell the same time, which is before whatever is not sealed.
      `select audit_partition_ensure(curfew_now() - interval '1 month');
       set session_replication_role = replica;
       insert into audit_events (event_id, occurred_at, name, account_id, client_id, session_id, family_id, address, detail)
       select uuidv7(-ago), curfew_now() - ago,
         case n % 100 when 0 then 'session.started' when 1 then 'session.ended' when 2 then 'code.exchanged'
           when 3 then 'mfa.passed' when 4 then 'refresh.refused' else 'refresh.granted' end,
         ${idOf('account', `(n::bigint * 7919) % ${accounts} + 1`)}, ${client('n', clients)}, ${idOf('session', 'n')},
         ${familyId('n')}, '192.0.2.' || n % 256,
         case when n % 100 in (1, 4) then jsonb_build_object('reason', 'idle_timeout', 'limit', 36000, 'policy', 'member')
           else '{}' end
       from (select n, interval '1 day' + make_interval(secs => 2500000.0 * (${events} - n) / ${events}) as ago
             from generate_series(1, ${events}) n) numbered`,
    ],
  ];
}
