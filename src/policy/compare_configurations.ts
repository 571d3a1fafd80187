import type { ClientDefinition, Configuration, DesiredConfiguration } from '../domain/configuration.ts';

type NamedSection = 'policies' | 'roles' | 'scopes' | 'resources' | 'clients' | 'deviations';
type SettingsSection = 'branding' | 'rate_limits' | 'delivery' | 'audit';
export type Section = NamedSection | SettingsSection;

/** One difference between what is in force and what is wanted. Secrets appear only as `(changed)`. */
export interface Difference {
  section: Section;
  name: string;
  kind: 'added' | 'changed' | 'removed';
  /** The fields that differ, with both values; empty for a removal. */
  fields: { field: string; from: unknown; to: unknown }[];
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
  ];
}

/** A section that is a single entry: its name is that of the section. */
function compareSettings(
  section: SettingsSection,
  current: object | undefined,
  wanted: object | undefined,
): Difference[] {
  if (!wanted) return [];
  const fields = compareFields({ ...current }, { ...wanted });
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

function compareFields(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Difference['fields'] {
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
  if (section !== 'clients') return withoutUndefined({ ...value, name: undefined, identifier: undefined });
  const { metadata, secretHash, policy, trusted, refreshRotation, webOrigins } =
    value as Partial<ClientDefinition>;
  return withoutUndefined({
    ...metadata,
    policy,
    secret: secretHash?.toString('hex'),
    trusted: trusted || undefined,
    refresh_rotation: refreshRotation === false ? false : undefined,
    web_origins: webOrigins?.length ? webOrigins : undefined,
  });
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
