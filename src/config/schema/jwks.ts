import { z } from 'zod';

/** RFC 7518 §6: the members that only a private or symmetric key has. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const publicKeySchema = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']) })
  .refine((key) => !privateMembers.some((member) => Object.hasOwn(key, member)), {
    error: 'holds a private key: only its public members belong here',
  });

/** A JWK Set (RFC 7517 §5) of public keys. */
export const jwksSchema = z.strictObject({ keys: z.array(publicKeySchema).min(1) });
