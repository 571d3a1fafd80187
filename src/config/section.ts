import { z } from 'zod';
import { describeIssue, joinPath, listSchemaFaults } from './faults.ts';
import type { Fault } from './faults.ts';
import { readNamedSecrets } from './named_secret.ts';
import type { SecretCheck } from './named_secret.ts';

export type ReferenceKind = 'policy' | 'role' | 'scope';

/** A key whose value names entries of another section. */
export interface ReferenceKey {
  key: string;
  kind: ReferenceKind;
  /** The names in one text of the value; absent: the text is one name. */
  split?: (text: string) => string[];
}

/** One entry as the file has it, not yet checked. */
export interface RawEntry {
  path: string;
  name: string;
  raw: unknown;
}

export interface SectionContext {
  /** Undefined: no secret may be named. */
  env: NodeJS.ProcessEnv | undefined;
  faults: Fault[];
}

/** Where in the file an entry stands, for the checks that a schema cannot make. */
export interface EntryContext {
  /** The secrets that the entry names, by the key that names them. */
  secrets: ReadonlyMap<string, string>;
  /** `keys` lead from the entry to the fault. */
  fault: (keys: readonly PropertyKey[], message: string) => void;
}

export interface WriteOptions {
  /** Say the SHA-256 of a client's secret, rather than that it is the stored one. */
  secretHashes: boolean;
}

/** One top-level key of the configuration file. */
export interface Section<Value> {
  /** As it is published for editors. */
  schema: z.ZodType;
  references: readonly ReferenceKey[];
  /** `path` is that of the section. */
  listEntries: (raw: unknown, path: string) => RawEntry[];
  /** Check all of it; whatever has no fault is in the value. */
  read: (raw: unknown, path: string, context: SectionContext) => Value;
  /** What `read` takes for the same value; absent where a section holds data that no file is to hold. */
  write?: (value: NonNullable<Value>, options: WriteOptions) => unknown;
}

interface SectionOptions<Entry extends z.ZodType, Value> {
  description: string;
  entry: Entry;
  references?: readonly ReferenceKey[];
  /** Keys that name an environment variable, and what its value must be. */
  secrets?: Readonly<Record<string, SecretCheck>>;
  /** `entry` is valid by its schema; what it adds up to, once `context` got the faults that remain. */
  build: (entry: z.output<Entry>, name: string, context: EntryContext) => Value;
  /** The way back: the entry that builds this value. */
  write?: (value: Value, options: WriteOptions) => z.input<Entry>;
}

/** A section that maps names to entries. */
export function mapSection<Entry extends z.ZodType, Value>({
  name,
  ...options
}: SectionOptions<Entry, Value> & { name: z.ZodType<string, string> }): Section<Map<string, Value>> {
  const { description, entry, references = [], write } = options;
  const listEntries = (raw: unknown, path: string): RawEntry[] =>
    isMapping(raw)
      ? Object.entries(raw).map(([key, value]) => ({ path: joinPath(path, key), name: key, raw: value }))
      : [];
  return {
    schema: z.record(name, entry).meta({ description }),
    references,
    listEntries,
    read(raw, path, context) {
      if (!isMapping(raw)) context.faults.push({ path, message: sectionFault(raw, 'a mapping', '{}') });
      const values = new Map<string, Value>();
      for (const found of listEntries(raw, path)) {
        const named = name.safeParse(found.name);
        if (!named.success) context.faults.push(...listSchemaFaults(found.path, named.error));
        const value = readEntry(found, options, context);
        if (value !== undefined && named.success) values.set(found.name, value);
      }
      return values;
    },
    ...(write
      ? { write: (values, to) => new Map([...values].map(([key, value]) => [key, write(value, to)])) }
      : {}),
  };
}

/** A section that lists entries, each known by the text under `identity`, which none may share. */
export function listSection<Entry extends z.ZodType, Value>({
  identity,
  fold = (name) => name,
  ...options
}: SectionOptions<Entry, Value> & { identity: string; fold?: (name: string) => string }): Section<Value[]> {
  const { description, entry, references = [], write } = options;
  const listEntries = (raw: unknown, path: string): RawEntry[] =>
    (Array.isArray(raw) ? raw : []).map((value: unknown, index) => {
      const found = isMapping(value) ? value[identity] : undefined;
      const name = typeof found === 'string' ? found : '';
      const label = /^[\x21-\x7e]{1,200}$/.test(name) ? ` (${name})` : '';
      return { path: `${joinPath(path, index)}${label}`, name, raw: value };
    });
  return {
    schema: z.array(entry).meta({ description }),
    references,
    listEntries,
    read(raw, path, context) {
      if (!Array.isArray(raw)) context.faults.push({ path, message: sectionFault(raw, 'a list', '[]') });
      const seen = new Set<string>();
      return listEntries(raw, path).flatMap((found) => {
        const name = fold(found.name);
        if (name && seen.has(name)) {
          context.faults.push({ path: joinPath(found.path, identity), message: 'is given twice' });
        }
        if (name) seen.add(name);
        return readEntry(found, options, context) ?? [];
      });
    },
    ...(write ? { write: (values, to) => values.map((value) => write(value, to)) } : {}),
  };
}

/** A section that is itself one entry. */
export function singleSection<Entry extends z.ZodType, Value>(
  options: SectionOptions<Entry, Value>,
): Section<Value | undefined> {
  return {
    schema: options.entry.meta({ description: options.description }),
    references: options.references ?? [],
    listEntries: (raw, path) => [{ path, name: '', raw }],
    read: (raw, path, context) => readEntry({ path, name: '', raw }, options, context),
    ...(options.write ? { write: options.write } : {}),
  };
}

function readEntry<Entry extends z.ZodType, Value>(
  { path, name, raw }: RawEntry,
  { entry, secrets: checks = {}, build }: SectionOptions<Entry, Value>,
  { env, faults }: SectionContext,
): Value | undefined {
  const secrets = isMapping(raw)
    ? readNamedSecrets(raw, checks, path, { env, faults })
    : new Map<string, string>();
  const parsed = entry.safeParse(raw, { error: describeIssue });
  if (!parsed.success) {
    faults.push(...listSchemaFaults(path, parsed.error));
    return undefined;
  }
  return build(parsed.data, name, {
    secrets,
    fault: (keys, message) => faults.push({ path: joinPath(path, ...keys), message }),
  });
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** An empty section would remove everything: it must be meant. */
function sectionFault(raw: unknown, shape: string, empty: string): string {
  return raw === null
    ? `is empty: leave it out to change nothing, or write ${empty} to remove all`
    : `must be ${shape}`;
}
