/**
 * A username or e-mail address without regard to case, as the database compares them: one character for one.
 * JavaScript's own folding makes two of `İ`, and would tell names apart that are the same account's.
 */
export function foldName(name: string): string {
  return Array.from(name, (character) => Array.from(character.toLowerCase())[0]).join('');
}
