import { z } from 'zod';
import { TooManyRequests } from '../http/rate_limiter.ts';
import { requestVerification, verificationSeconds } from '../operations/request_verification.ts';
import { invalid, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { describeFault } from './stream_request.ts';

const requestSchema = z.object({ stream_id: z.string(), state: z.string().max(1000).exactOptional() });

/** Have a verification event sent (SSF 1.0 §8.1.4.2). */
export async function verifyStream({ database }: SsfDependencies, call: Call): Promise<Answer> {
  const request = requestSchema.safeParse(call.body);
  if (!request.success) return invalid(describeFault(request.error));
  const { stream_id: streamId, state } = request.data;
  const { clientId, origin } = call;
  const outcome = await database.transaction((tx) =>
    requestVerification(tx, { clientId, streamId }, state, origin),
  );
  if (outcome === 'too_soon') throw new TooManyRequests(verificationSeconds);
  return outcome === 'unknown' ? unknownStream : { status: 204 };
}
