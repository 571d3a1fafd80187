/** Fewest characters of a password that alone lets in, and of one that never does (SP 800-63B-4 §3.1.1.2). */
export const shortestPassword = { alone: 15, withFactor: 8 };
/** Most characters: more than anybody types, and little enough to hash. */
export const longestPassword = 1024;

export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'about_you';

/** Words shorter than this are in too many passwords by chance. */
const shortestWord = 3;
/** As many letters and digits must be left beside the words that belong to its account. */
const fewestOwn = 8;

/**
 * Why this may not be a password; undefined: it may. `words` belong to the account or the service, such as
 * username, e-mail address and product name: guessers begin with them. What characters it is made of does
 * not matter. A character is a code point.
 */
export async function findPasswordFault(
  password: string,
  { shortest, words }: { shortest: number; words: readonly string[] },
): Promise<PasswordFault | undefined> {
  const normal = password.normalize('NFKC');
  const { length } = Array.from(normal);
  if (length < shortest) return 'too_short';
  if (length > longestPassword) return 'too_long';
  const plain = normal.toLowerCase();
  if (await isCommon(plain)) return 'common';
  if (isMadeOf(words, plain)) return 'about_you';
  return undefined;
}

/** One of those that were stolen most often, or one of them or a few characters over and over. */
async function isCommon(plain: string): Promise<boolean> {
  const common = await loadCommonPasswords();
  const [, repeated] = /^(.+?)\1+$/su.exec(plain) ?? [];
  return common.has(plain) || (repeated !== undefined && (repeated.length < 8 || common.has(repeated)));
}

/** Whether such words are in it, and few letters and digits beside them. */
function isMadeOf(words: readonly string[], plain: string): boolean {
  const parts = words.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)]);
  const left = parts
    .map((part) => part.normalize('NFKC').toLowerCase())
    .filter((part) => part.length >= shortestWord)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part, ''), plain);
  return left !== plain && left.replaceAll(/[^\p{L}\p{N}]+/gu, '').length < fewestOwn;
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

/** Read when first asked for: most processes never are. */
function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  );
  return commonPasswords;
}
