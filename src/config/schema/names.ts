import { z } from 'zod';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/;
/** RFC 6749 §3.3. */
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

/** Scopes that OpenID Connect defines; no file can give them another meaning. */
export const standardScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

export const isName = (text: string): boolean => namePattern.test(text);
export const isScopeToken = (text: string): boolean => scopePattern.test(text);
/** The scopes of a space-separated list, each once. */
export const splitScopes = (text: string): string[] => [...new Set(text.split(/\s+/).filter(Boolean))];

/** The name of a policy, role or baseline. */
export const nameSchema = z.string().regex(namePattern, {
  error: 'must be a name of at most 100 letters, digits and . _ : / - that begins with a letter or digit',
});

export const scopeSchema = z.string().regex(scopePattern, {
  error: 'must be a scope of at most 100 visible ASCII characters other than " and \\',
});

export const customScopeSchema = scopeSchema.refine((name) => !standardScopes.has(name), {
  error: 'is a scope of OpenID Connect, which is always there',
});

/** Text that people are shown: one line, and nothing in it that turns or hides the rest. */
export function lineSchema(most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text), {
      error: 'must be one line without control characters',
    })
    .refine((text) => text.trim() === text, { error: 'must not begin or end with a space' });
}

/** The name of an environment variable that holds a secret. Upper case alone: a secret put here by mistake is not repeated. */
export const variableSchema = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,99}$/, {
    error: 'must be the name of an environment variable: upper-case letters, digits and _',
  })
  .refine((name) => !name.startsWith('CURFEW_'), {
    error: 'must not name a CURFEW_ variable: those are for the server itself',
  });

/** A list whose entries all differ; the second of two equal ones is the fault. */
export function listSchema<Entry extends z.ZodType>(entry: Entry) {
  return z
    .array(entry)
    .superRefine((entries, context) => {
      entries.forEach((value, index) => {
        if (entries.indexOf(value) < index)
          context.addIssue({ code: 'custom', path: [index], message: 'is given twice' });
      });
    })
    .meta({ uniqueItems: true });
}
