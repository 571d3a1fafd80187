import { createHash, scryptSync } from 'node:crypto';
import type { SectionValues } from './sections.ts';

/**
 * SHA-256, in hexadecimal, of what a file says: the same for another layout, comment or order of
 * keys, another for any other value or secret. Stored beside the configuration, so passwords count only through
 * scrypt: nothing faster than the stored password hashes can be tried against it.
 */
export function digestConfiguration(values: SectionValues): string {
  const { users, ...rest } = values;
  const passwords = (users ?? []).flatMap(({ username, password }) =>
    password === undefined ? [] : [[username, password]],
  );
  const named = users?.map(({ password: _password, ...user }) => user);
  const content = canonical({ ...rest, users: named });
  const salt = createHash('sha256').update(content).digest();
  const stretched = passwords.length > 0 ? scryptSync(JSON.stringify(passwords), salt, 32) : Buffer.alloc(0);
  return createHash('sha256').update(salt).update(stretched).digest('hex');
}

/** JSON with sorted keys; maps as objects, bytes in hexadecimal. */
function canonical(value: unknown): string {
  if (Buffer.isBuffer(value)) return canonical(value.toString('hex'));
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries: [string, unknown][] =
    value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  const texts = entries
    .filter(([, entry]) => entry !== undefined)
    .map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`);
  return `{${texts.toSorted().join(',')}}`;
}
