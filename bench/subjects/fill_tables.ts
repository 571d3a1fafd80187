import { hash } from 'node:crypto';
import type { Cluster } from '../support/cluster.ts';

/** The refresh token of the family with this number, from 1 on. */
export function tokenOfFamily(number: number): string {
  return hash('sha256', `family ${number}`, 'base64url');
}

export interface Fill {
  families: number;
  events: number;
}

/** So many families have an account in common; each has a session and a grant of its own. */
const familiesPerAccount = 5;
/** Of one transaction: its log can be thrown away after it. */
const rowsAtOnce = 1_000_000;

/**
 * Copy the one family there is, with all that it hangs on, and its event, until there are so many, set by
 * set. Columns that are not named here are those of the copied row.
 */
export async function fillTables(
  cluster: Cluster,
  fill: Fill,
  onProgress: (line: string) => void,
): Promise<void> {
  const [template] = await cluster.asAdmin<Template>(
    `select f.family_id, f.account_id, f.session_id, f.grant_id, e.event_id
     from families f join audit_events e using (family_id) where e.name = 'code.exchanged'`,
  );
  if (!template) throw new Error('There is no family to copy.');
  // Random keys touch every page of an index again and again: here they need not all be logged whole.
  await setFullPageWrites(cluster, 'off');
  for (const { table, ...copies } of listCopies(template, fill)) {
    onProgress(`  ${table}`);
    await copyRows(cluster, table, copies);
  }
  onProgress('  vacuum');
  await cluster.asAdmin('vacuum analyze');
  await setFullPageWrites(cluster, 'on');
}

async function setFullPageWrites(cluster: Cluster, value: 'on' | 'off'): Promise<void> {
  await cluster.asAdmin(`alter system set full_page_writes = ${value}`);
  await cluster.asAdmin('select pg_reload_conf()');
}

type Template = Record<'family_id' | 'account_id' | 'session_id' | 'grant_id' | 'event_id', string>;

interface Copies {
  /** Which row of the table is copied; `n` counts to `most` by steps of `every`. */
  source: string;
  most: number;
  every?: number;
  /** SQL for the columns that differ. */
  changed: Readonly<Record<string, string>>;
}

const tokenHash = `sha256(convert_to(rtrim(translate(encode(sha256(convert_to('family ' || n, 'UTF8')), 'base64'),
  '+/', '-_'), '='), 'UTF8'))`;
const idOf = (kind: string, number = 'n') => `md5('${kind} ' || ${number})::uuid::text`;
/** Rising, as those of `uuidv7()` are. */
const familyId = (number = 'n') => `('01900000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

function listCopies(template: Template, { families, events }: Fill): (Copies & { table: string })[] {
  const account_id = idOf('account', `(n - 1) / ${familiesPerAccount}`);
  const session_id = idOf('session');
  const grant_id = idOf('grant');
  const payload = `replace(replace(replace(o.payload::text, '${template.account_id}', ${account_id}),
    '${template.session_id}', ${session_id}), '${template.grant_id}', ${grant_id})::jsonb`;
  // As the sweeper leaves them that has looked at them: its first look at so many would be in the way.
  const times = {
    started_at: 'curfew_now()',
    last_activity_at: 'curfew_now()',
    check_at: `curfew_now() + interval '6 hours'`,
  };
  const ofAccount = {
    source: `o.account_id = '${template.account_id}'`,
    most: families,
    every: familiesPerAccount,
  };
  const ids = { account_id, session_id, grant_id, payload };
  const of = (column: keyof Template) => ({ source: `o.${column} = '${template[column]}'`, most: families });
  return [
    { table: 'accounts', ...ofAccount, changed: { account_id, username: account_id } },
    { table: 'account_roles', ...ofAccount, changed: { account_id } },
    {
      table: 'sessions',
      ...of('session_id'),
      changed: { account_id, session_id, payload, cookie_hash: tokenHash, ...times },
    },
    { table: 'grants', ...of('grant_id'), changed: { account_id, grant_id, payload } },
    {
      table: 'families',
      ...of('family_id'),
      changed: { ...ids, family_id: familyId(), oldest_token_hash: tokenHash, ...times },
    },
    {
      table: 'refresh_tokens',
      ...of('family_id'),
      changed: { token_hash: tokenHash, family_id: familyId(), issued_at: 'curfew_now()' },
    },
    {
      table: 'audit_events',
      ...of('event_id'),
      most: events,
      changed: {
        // Earlier than whatever has not been sealed.
        event_id: `uuidv7('-1 day')`,
        occurred_at: 'curfew_now()',
        name: `'refresh.granted'`,
        family_id: familyId(`n % ${families} + 1`),
      },
    },
  ];
}

async function copyRows(
  cluster: Cluster,
  table: string,
  { source, most, every = 1, changed }: Copies,
): Promise<void> {
  const columns = await cluster.asAdmin<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped`,
  );
  const names = columns.map(({ name }) => name);
  for (let from = 1; from <= most; from += rowsAtOnce)
    await cluster.asAdmin(`
      set session_replication_role = replica; -- without a look at each foreign key
      insert into ${table} (${names.join(', ')})
        select ${names.map((name) => changed[name] ?? `o.${name}`).join(', ')}
        from ${table} o, generate_series(${from}::bigint, ${Math.min(most, from + rowsAtOnce - 1)}, ${every}) n
        where ${source}`);
}
