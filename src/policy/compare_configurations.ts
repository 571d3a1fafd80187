import type {
  ClientDefinition,
  Configuration,
  DesiredConfiguration,
  PastClient,
  ScopeDefinition,
} from '../domain/configuration.ts';

type NamedSection = 'policies' | 'roles' | 'scopes' | 'resources' | 'clients' | 'deviations';
type SettingsSection = 'branding' | 'rate_limits' | 'delivery' | 'audit' | 'keys';
export type Section = NamedSection | SettingsSection;

/** Which way a change leads; `mixed`: stricter here, looser there. */
export type Direction = 'stricter' | 'looser' | 'mixed';

/** A field that differs, under its name in the file; durations in seconds. */
export interface FieldDifference {
  field: string;
  from: unknown;
  to: unknown;
  /** Absent where neither value is stricter, and until somebody weighed it. */
  direction?: Direction;
}

/** One difference between what is in force and what is wanted. Secrets appear only as `(changed)`. */
export interface Difference {
  section: Section;
  name: string;
  kind: 'added' | 'changed' | 'removed';
  /** The fields that differ, with both values; empty for a removal. */
  fields: FieldDifference[];
}

const namedSections: readonly NamedSection[] = [
  'policies',
  'roles',
  'scopes',
  'resources',
  'clients',
  'deviations',
];

/** What would change, section by section in the order of the file; absent sections are left alone. */
export function compareConfigurations(current: Configuration, desired: DesiredConfiguration): Difference[] {
  const named = namedSections.flatMap((section) => {
    const wanted = desired[section];
    return wanted ? compareSection(section, current[section] ?? new Map<string, object>(), wanted) : [];
  });
  return [
    ...named,
    ...compareSettings('branding', current.branding, desired.branding),
    ...compareSettings('rate_limits', current.rateLimits, desired.rate_limits),
    ...compareSettings('delivery', current.delivery, desired.delivery),
    ...compareSettings('audit', current.audit, desired.audit),
    ...compareSettings('keys', current.keys, desired.keys),
  ];
}

/** A section that is a single entry: its name is that of the section. */
function compareSettings(
  section: SettingsSection,
  current: object | undefined,
  wanted: object | undefined,
): Difference[] {
  if (!wanted) return [];
  const fields = compareFields(inFileNames({ ...current }), inFileNames({ ...wanted }));
  return fields.length > 0 ? [{ section, name: section, kind: 'changed', fields }] : [];
}

function compareSection(
  section: NamedSection,
  current: ReadonlyMap<string, object>,
  wanted: ReadonlyMap<string, object>,
): Difference[] {
  const differences: Difference[] = [];
  for (const [name, value] of wanted) {
    const before = current.get(name);
    if (before === value) continue;
    const fields = compareFields(flatten(section, before ?? {}), flatten(section, value));
    if (!before) differences.push({ section, name, kind: 'added', fields });
    else if (fields.length > 0) differences.push({ section, name, kind: 'changed', fields });
  }
  for (const name of current.keys()) {
    const keepsDefault = section === 'policies' && name === 'default';
    if (!wanted.has(name) && !keepsDefault) differences.push({ section, name, kind: 'removed', fields: [] });
  }
  return differences;
}

function compareFields(before: Record<string, unknown>, after: Record<string, unknown>): FieldDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((field) => {
    const [from, to] = [before[field], after[field]];
    if (canonical(from) === canonical(to)) return [];
    return field === 'secret' ? [{ field, from: undefined, to: '(changed)' }] : [{ field, from, to }];
  });
}

/** The comparable fields of one entry, by the names of the file. */
function flatten(section: NamedSection, value: object): Record<string, unknown> {
  if (section === 'policies') {
    const { limits = {}, baselines = [] } = value as { limits?: object; baselines?: readonly string[] };
    return { ...limits, ...(baselines.length > 0 ? { baselines } : {}) };
  }
  if (section === 'scopes') return flattenScope(value);
  if (section !== 'clients') return withoutUndefined({ ...value, name: undefined, identifier: undefined });
  const { metadata, secretHash, secretVersion, policy, trusted, refreshRotation, webOrigins } =
    value as Partial<ClientDefinition & PastClient>;
  const { authorization_details_types: detailTypes, ...registered } = metadata ?? {};
  return withoutUndefined({
    ...registered,
    lease: detailTypes === undefined ? undefined : true,
    policy,
    secret: secretHash?.toString('hex') ?? secretVersion,
    trusted: trusted || undefined,
    refresh_rotation: refreshRotation === false ? false : undefined,
    web_origins: webOrigins?.length ? webOrigins : undefined,
  });
}

function flattenScope(value: Partial<ScopeDefinition>): Record<string, unknown> {
  const { name: _name, stepUp, ...rest } = value;
  const maxAge = stepUp?.mfaMaxAge;
  return withoutUndefined({
    ...rest,
    step_up: stepUp && (maxAge === undefined ? true : { mfa_max_age: maxAge }),
  });
}

const fileNames = new Map([
  ['logoUri', 'logo_uri'],
  ['allowedNetworks', 'allowed_networks'],
  ['rotateEvery', 'rotate_every'],
  ['jwksMaxAge', 'jwks_max_age'],
]);

function inFileNames(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [fileNames.get(key) ?? key, entry]));
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

/** JSON with sorted keys, so that the order in a file or in jsonb does not count. */
function canonical(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}
