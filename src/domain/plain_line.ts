/** Controls, halves of characters, line and paragraph separators, and whatever changes the direction of writing. */
const unfit = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/**
 * Why somebody else's words are not shown to a person as they are: there are none, too many (of more than `longest`
 * code points), or they have characters that could pass for words of ours. undefined: they are shown.
 */
export function findLineFault(text: string, longest: number): 'empty' | 'too long' | 'unfit' | undefined {
  if (text.trim() === '') return 'empty';
  if (Array.from(text).length > longest) return 'too long';
  return unfit.test(text) ? 'unfit' : undefined;
}
