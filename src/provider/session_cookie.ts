/** Random bits of every opaque identifier, the session's among them. */
const opaqueBits = 256;

/** How the library sets its cookies, for an issuer of this scheme. */
export function sessionCookie(issuer: string) {
  const secure = issuer.startsWith('https:');
  return {
    name: secure ? '__Host-curfew_session' : 'curfew_session',
    secretBits: opaqueBits,
    options: { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true, secure } as const,
  };
}
