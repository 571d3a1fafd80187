import type { PastConfiguration, Role } from '../domain/configuration.ts';
import type { Deviation } from '../domain/deviations.ts';
import type { Instant } from '../domain/instants.ts';
import type { Policy } from '../domain/policies.ts';
import { completeDefault, readClient, readResource, readScope } from './configuration.ts';
import type { ConfigurationRow } from './configuration.ts';
import type { Queryable } from './database.ts';

/** An entry of a section as the row that it was, without secrets. */
export type EntryImage = Record<string, unknown>;

/** What became of an entry; null: there was none, or is none any more. */
export interface EntryChange {
  section: string;
  name: string;
  before: EntryImage | null;
  after: EntryImage | null;
}

export interface StoredVersion {
  version: number;
  madeAt: Instant;
  author: string;
  accountId: string | null;
  /** null: no person made it, or one whose account is deleted. */
  username: string | null;
  message: string | null;
  revertsTo: number | null;
  /** How many entries it changed. */
  changeCount: number;
  /** The first of them, by section and name. */
  changes: EntryChange[];
}

export interface VersionQuestion {
  /** At most so many versions, the newest first. */
  most: number;
  /** Older than this one. */
  before?: number | undefined;
  version?: number | undefined;
  /** Only those that changed this policy. */
  policy?: string | undefined;
  /** At most so many changes of each are told. */
  mostChanges: number;
}

/** The versions of the configuration, the newest first. A policy's: with the changes of that policy alone. */
export async function listConfigurationVersions(
  db: Queryable,
  { most, before, version, policy, mostChanges }: VersionQuestion,
): Promise<StoredVersion[]> {
  const ofPolicy = `section = 'policies' and name = $5`;
  const changes = `from configuration_changes c where c.version = v.version ${policy === undefined ? '' : `and ${ofPolicy}`}`;
  const source =
    policy === undefined
      ? 'configuration_versions v'
      : `(select version from configuration_changes where ${ofPolicy}) of_policy join configuration_versions v using (version)`;
  return await db.query<StoredVersion>(
    {
      name: policy === undefined ? 'configuration_versions_list' : 'policy_changes_list',
      text: `
        select v.version::float8 as version, to_micros(v.made_at) as "madeAt", v.author,
          v.account_id as "accountId", a.username, v.message, v.reverts_to::float8 as "revertsTo",
          (select count(*)::float8 ${changes}) as "changeCount",
          (select coalesce(json_agg(row_to_json(first)), '[]') from (
             select c.section, c.name, c.before, c.after ${changes}
             order by c.section, c.name limit $4) first) as changes
        from ${source} left join accounts a on a.account_id = v.account_id and a.deleted_at is null
        where ($1::bigint is null or v.version < $1) and ($2::bigint is null or v.version = $2)
        order by v.version desc limit $3`,
    },
    [before ?? null, version ?? null, most, mostChanges, ...(policy === undefined ? [] : [policy])],
  );
}

/** The oldest and the newest version that the history has. */
export async function findVersionRange(db: Queryable): Promise<{ first: number; last: number }> {
  const [row] = await db.query<{ first: number; last: number }>({
    name: 'configuration_versions_range',
    text: `select min(version)::float8 as first, max(version)::float8 as last from configuration_versions`,
  });
  if (!row) throw new Error('The history of the configuration is missing.');
  return row;
}

/** The version that changed an entry last, up to `upTo`; undefined: the history has none of that name. */
export async function findEntryVersion(
  db: Queryable,
  { section, name, upTo }: { section: string; name: string; upTo?: number | undefined },
): Promise<number | undefined> {
  const [row] = await db.query<{ version: number | null }>(
    {
      name: 'configuration_entry_version',
      text: `select max(version)::float8 as version from configuration_changes
             where section = $1 and name = $2 and ($3::bigint is null or version <= $3)`,
    },
    [section, name, upTo ?? null],
  );
  return row?.version ?? undefined;
}

/** An entry of the configuration. */
export interface EntryName {
  section: string;
  name: string;
}

/** Entries that changed between two versions, in the order of sections and names: so many at most, after this one. */
export interface BetweenPage {
  after?: EntryName | undefined;
  most: number;
}

export interface ConfigurationsBetween {
  before: PastConfiguration;
  after: PastConfiguration;
  /** Where the next page begins; undefined: there is none. */
  next: EntryName | undefined;
}

/**
 * What differs between two versions, each entry as it stood in either, or a page of it; undefined: the history does not
 * have both. What stood alike all along is not read.
 */
export async function findConfigurationsBetween(
  db: Queryable,
  { from, to, page }: { from: number; to: number; page?: BetweenPage | undefined },
): Promise<ConfigurationsBetween | undefined> {
  const known = await db.query(
    {
      name: 'configuration_versions_find',
      text: 'select from configuration_versions where version = any($1)',
    },
    [[from, to]],
  );
  if (known.length < new Set([from, to]).size) return undefined;
  const standing = (version: string): string => `(
    select c.after from configuration_changes c
    where c.section = touched.section and c.name = touched.name and c.version <= ${version}
    order by c.version desc limit 1)`;
  const rows = await db.query<EntryChange>(
    {
      name: 'configuration_between',
      text: `
        select section, name, ${standing('$1')} as before, ${standing('$2')} as after
        from (select distinct section, name from configuration_changes
              where version > least($1::bigint, $2::bigint) and version <= greatest($1::bigint, $2::bigint)
                and (section, name) > ($3, $4)
              order by section, name limit $5) touched
        order by section, name`,
    },
    [from, to, page?.after?.section ?? '', page?.after?.name ?? '', page ? page.most + 1 : null],
  );
  const isCut = page !== undefined && rows.length > page.most;
  if (isCut) rows.length = page.most;
  const last = rows.at(-1);
  const at = (version: number, side: 'before' | 'after') =>
    readConfigurationImages(
      version,
      rows.flatMap(({ section, name, [side]: image }) => (image ? [{ section, name, image }] : [])),
    );
  return {
    before: at(from, 'before'),
    after: at(to, 'after'),
    next: isCut && last ? { section: last.section, name: last.name } : undefined,
  };
}

/** The policies of each of these versions. */
export async function listPoliciesAt(
  db: Queryable,
  versions: readonly number[],
): Promise<Map<number, ReadonlyMap<string, Policy>>> {
  const rows = await db.query<{ asked: number; name: string; image: EntryImage | null }>(
    {
      name: 'configuration_policies_at',
      text: `
        with names as (
          select distinct name from configuration_changes where section = 'policies'
        )
        select asked.version::float8 as asked, names.name, last.after as image
        from unnest($1::bigint[]) as asked (version), names, lateral (
          select after from configuration_changes c
          where c.section = 'policies' and c.name = names.name and c.version <= asked.version
          order by c.version desc limit 1) last`,
    },
    [versions],
  );
  const found = new Map(versions.map((version) => [version, new Map<string, Policy>()]));
  for (const { asked, name, image } of rows) if (image) found.get(asked)?.set(name, readPolicy(image));
  return found;
}

/** A configuration of these entries alone. */
export function readConfigurationImages(
  version: number,
  entries: readonly { section: string; name: string; image: EntryImage }[],
): PastConfiguration {
  const read = <Value>(section: string, of: (image: EntryImage) => Value): Map<string, Value> =>
    new Map(entries.filter((entry) => entry.section === section).map(({ name, image }) => [name, of(image)]));
  const setting = (section: string) => entries.find((entry) => entry.section === section)?.image ?? {};
  return {
    version,
    policies: read('policies', readPolicy),
    roles: read('roles', (image) => withoutNulls(image) as unknown as Role),
    scopes: read('scopes', (image) => readScope(image as unknown as ConfigurationRow['scopes'][number])),
    resources: read('resources', (image) =>
      readResource(image as unknown as ConfigurationRow['resources'][number]),
    ),
    clients: read('clients', readPastClient),
    deviations: read('deviations', (image) => withoutNulls(image) as unknown as Deviation),
    branding: setting('branding'),
    rateLimits: setting('rate_limits'),
    delivery: setting('delivery'),
    audit: setting('audit'),
    keys: setting('keys'),
  };
}

function readPolicy(image: EntryImage): Policy {
  return completeDefault(image as unknown as Policy);
}

function readPastClient({ disabled_at: disabledAt, secret_version: secretVersion, ...row }: EntryImage) {
  const client = readClient({
    ...(row as unknown as ConfigurationRow['clients'][number]),
    secret_hash: null,
    disabled: typeof disabledAt === 'string',
  });
  return { ...client, ...(typeof secretVersion === 'number' ? { secretVersion } : {}) };
}

function withoutNulls(image: EntryImage): EntryImage {
  return Object.fromEntries(Object.entries(image).filter(([, value]) => value !== null));
}
