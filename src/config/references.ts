import { builtInScopes } from '../domain/built_in_scopes.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import { isMapping } from './section.ts';
import { joinPath } from './faults.ts';
import type { Fault } from './faults.ts';
import { isName, isScopeToken, standardScopes } from './schema/names.ts';
import type { ReferenceKey, ReferenceKind } from './section.ts';
import { sectionNames, sections } from './sections.ts';

/** A name that the file uses but cannot vouch for: its section is absent, so only the database knows it. */
export interface UnresolvedReference {
  path: string;
  kind: ReferenceKind;
  name: string;
}

const homes = { policy: 'policies', role: 'roles', scope: 'scopes' } as const;

/**
 * Compare the names that entries use with those that the file defines. Works on the file as it is, so
 * that a fault elsewhere in an entry hides no wrong name; a name that is malformed is the schema's matter.
 */
export function checkReferences(file: Record<string, unknown>): {
  faults: Fault[];
  unresolved: UnresolvedReference[];
} {
  const faults: Fault[] = [];
  const unresolved: UnresolvedReference[] = [];
  for (const { path, kind, name } of listReferences(file)) {
    const home = file[homes[kind]];
    if (home === undefined) unresolved.push({ path, kind, name });
    else if (isMapping(home) && !Object.hasOwn(home, name)) {
      faults.push({ path, message: `there is no ${kind} ${name} in ${homes[kind]}` });
    }
  }
  return { faults, unresolved };
}

function listReferences(file: Record<string, unknown>): UnresolvedReference[] {
  return sectionNames.flatMap((section) => {
    const { references, listEntries } = sections[section];
    return listEntries(file[section], section).flatMap(({ path, raw }) =>
      isMapping(raw) ? references.flatMap((reference) => listNames(raw[reference.key], path, reference)) : [],
    );
  });
}

function listNames(value: unknown, path: string, { key, kind, split }: ReferenceKey): UnresolvedReference[] {
  const at = joinPath(path, key);
  const texts = Array.isArray(value)
    ? value.map((text: unknown, index) => ({ path: joinPath(at, index), text }))
    : [{ path: at, text: value }];
  return texts.flatMap((entry) => {
    const names = typeof entry.text === 'string' ? (split?.(entry.text) ?? [entry.text]) : [];
    return names
      .filter((name) => mustExist(kind, name, split !== undefined))
      .map((name) => ({ path: entry.path, kind, name }));
  });
}

/** A client may also ask for scopes that no file defines. */
function mustExist(kind: ReferenceKind, name: string, isClientScope: boolean): boolean {
  if (kind === 'policy') return isName(name) && name !== builtInDefaultPolicy.name;
  if (kind === 'role') return isName(name);
  return isScopeToken(name) && !standardScopes.has(name) && !(isClientScope && builtInScopes.has(name));
}
