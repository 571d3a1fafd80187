import type { z } from 'zod';

/** Something that is wrong, and where: a path as people read it, `clients[0] (shop).scope`. */
export interface Fault {
  path: string;
  message: string;
}

export function formatFault({ path, message }: Fault): string {
  return path ? `${path}: ${message}` : message;
}

/** `policies.member.refresh_idle`, `redirect_uris[0]`; what cannot stand in a line becomes `?`. */
export function joinPath(base: string, ...segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`;
    const name = String(segment)
      .slice(0, 120)
      .replaceAll(/[^\x21-\x7e]/g, '?');
    return path ? `${path}.${name}` : name;
  }, base);
}

/** What somebody may have meant by a key that does not exist. */
const unknownKeyHints = new Map([
  [
    'client_secret',
    'has no place in a file: keep it in an environment variable and name that in client_secret_env',
  ],
  ['password', 'has no place in a file: keep it in an environment variable and name that in password_env'],
]);

/** The faults that a schema found in the value at `base`. */
export function listSchemaFaults(base: string, error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = joinPath(base, ...issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: joinPath(path, key),
      message: unknownKeyHints.get(key) ?? 'is not a key that Curfew knows here',
    }));
  });
}

const typeWords: Record<string, string> = {
  string: 'text (quote it)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
};

/** zod's issues in words for the author of a file; never repeats what the file says. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return 'is empty';
      return `must be ${typeWords[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return `must ${describeSize(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${describeSize(issue.origin, 'at most', issue.maximum)}`;
    default:
      return undefined;
  }
}

function describeSize(origin: string, bound: string, size: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${size} characters`;
  if (origin === 'array') return `have ${bound} ${size} ${size === 1 ? 'entry' : 'entries'}`;
  return `be ${bound} ${size}`;
}
