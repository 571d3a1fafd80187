/** Why somebody may set a password without the one before: they never had one, or do not know it any more. */
export type PasswordLinkPurpose = 'invitation' | 'forgotten';

/** How long such a link is good for, in seconds. */
export const passwordLinkTtl: Readonly<Record<PasswordLinkPurpose, number>> = {
  invitation: 3 * 86_400,
  forgotten: 1800,
};

/** Seconds that it is good for at most: it is for somebody who waits for it. */
export const longestLink = 7 * 86_400;

/** Where such a link leads. */
export const passwordLinkPath = '/set-password';

/** A link on its way to its owner: only here its token is readable. */
export interface PasswordLink {
  token: string;
  purpose: PasswordLinkPurpose;
  /** From its making on, in seconds. */
  seconds: number;
}

export function passwordLinkUrl(issuer: string, { token }: Pick<PasswordLink, 'token'>): string {
  return `${issuer}${passwordLinkPath}?token=${token}`;
}
