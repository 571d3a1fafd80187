/** What is wrong with a new password. */
type Fault = 'too_short' | 'too_long' | 'common' | 'about_you';

/** Why a new password is not taken, as a sentence; `shortest` in characters. */
export function describePasswordFault(fault: Fault, shortest: number): string {
  const texts: Record<Fault, string> = {
    too_short: `The new password is too short: it needs at least ${shortest} characters.`,
    too_long: 'The new password is too long: at most 1024 characters are taken.',
    common: 'The new password is one of those that are guessed first. Choose another one.',
    about_you:
      'There is little more in the new password than your name, your e-mail address or the name of this service. Choose another one.',
  };
  return texts[fault];
}
