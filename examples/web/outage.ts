import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';

/** Whether a token request may have been carried out, and only its answer got lost on the way. */
export function isAnswerLost(fault: unknown): boolean {
  if (fault instanceof TypeError) return !('code' in fault); // how fetch reports a network failure
  return fault instanceof ClientError && /^OAUTH_(TIMEOUT|PARSE_ERROR)$/.test(fault.code ?? '');
}

/** Whether the server, or the way there, is what failed, rather than this app. */
export function isOutage(fault: unknown): fault is Error {
  const kinds = [ClientError, ResponseBodyError, WWWAuthenticateChallengeError];
  return isAnswerLost(fault) || kinds.some((kind) => fault instanceof kind);
}

/** One line for the log: `fetch failed: connect ECONNREFUSED 127.0.0.1:3000`. */
export function describeOutage(fault: Error): string {
  if (fault instanceof ResponseBodyError) return `${fault.error}: ${fault.error_description ?? ''}`;
  const { cause } = fault;
  if (cause instanceof Response) return `${fault.message}: ${cause.status}`;
  return cause instanceof Error && cause.message ? `${fault.message}: ${cause.message}` : fault.message;
}
