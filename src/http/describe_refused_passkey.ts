/** Why a passkey was not taken: the same words for all that only an attacker would like to tell apart. */
export function describeRefusedPasskey(reason: string): string {
  if (reason === 'expired') return 'This page was open for too long. Try again.';
  if (reason === 'known') return 'This passkey is known already.';
  if (reason === 'too_many') return 'You have as many passkeys as there may be. Remove one first.';
  if (reason === 'not_invited')
    return 'Your first second factor takes an invitation. Ask whoever runs this service for a link.';
  return 'This passkey was not accepted.';
}
