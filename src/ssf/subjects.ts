import { z } from 'zod';
import { addSubject as addOne, removeSubject as removeOne } from '../operations/choose_subjects.ts';
import { findAccountById, listAccountIdsByEmail } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import { invalid, tooMany, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { describeFault } from './stream_request.ts';

const userSchema = z.union([
  z.object({ format: z.literal('iss_sub'), iss: z.string().max(2000), sub: z.string().max(200) }),
  z.object({ format: z.literal('email'), email: z.string().max(320) }),
]);
/** Every account is a subject from the start: one is named to be left out, or to be told of again. */
const requestSchema = z.object({
  stream_id: z.string(),
  subject: z.union([userSchema, z.object({ format: z.literal('complex'), user: userSchema })], {
    error: 'must be an account as iss_sub or email, or complex with such a user',
  }),
});
type Subject = z.output<typeof requestSchema>['subject'];

/** So many people may share an address. */
const mostSharing = 100;

/** Tell of an account again (SSF 1.0 §8.1.3.2). */
export async function addSubject(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  return await choose(dependencies, call, addOne, { status: 200, body: {} });
}

/** Tell no more of an account (SSF 1.0 §8.1.3.3). */
export async function removeSubject(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  return await choose(dependencies, call, removeOne, { status: 204 });
}

/** A subject that is no account of ours is answered like one that is: who has an account is not told. */
async function choose(
  { database, issuer }: SsfDependencies,
  { clientId, body, origin }: Call,
  operation: typeof addOne | typeof removeOne,
  done: Answer,
): Promise<Answer> {
  const request = requestSchema.safeParse(body);
  if (!request.success) return invalid(describeFault(request.error));
  const { stream_id: streamId, subject } = request.data;
  const outcome = await database.transaction(async (tx) => {
    const reference = { clientId, streamId };
    const accountIds = await listAccountIds(tx, issuer, subject);
    let last = await operation(tx, { ...reference, accountId: accountIds[0] }, origin);
    for (const accountId of accountIds.slice(1)) {
      if (last === 'done') last = await operation(tx, { ...reference, accountId }, origin);
    }
    return last;
  });
  if (outcome === 'unknown_stream') return unknownStream;
  return outcome === 'too_many' ? tooMany('The stream leaves out as many subjects as it may.') : done;
}

/** Whoever shares the address is meant, too: none of them is left out of what the receiver asks. */
async function listAccountIds(db: Queryable, issuer: string, subject: Subject): Promise<string[]> {
  const user = subject.format === 'complex' ? subject.user : subject;
  if (user.format === 'email') return await listAccountIdsByEmail(db, user.email, mostSharing);
  const account = user.iss === issuer ? await findAccountById(db, user.sub) : undefined;
  return account ? [account.accountId] : [];
}
