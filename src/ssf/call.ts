import type { Origin } from '../domain/origin.ts';
import type { SsfDependencies } from './dependencies.ts';

/** A request that may come in. */
export interface Call {
  clientId: string;
  /** May change, not only read. */
  canManage: boolean;
  query: URLSearchParams;
  /** The parsed body; undefined: there is none, or it is not JSON. */
  body: unknown;
  origin: Origin;
  /** Aborted when nobody waits for the answer any more, or the server stops. */
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  body?: unknown;
}

export type Handler = (dependencies: SsfDependencies, call: Call) => Promise<Answer>;

export function invalid(message: string): Answer {
  return { status: 400, body: { error: 'invalid_request', error_description: message } };
}

/** Also for another client's stream: that there is one is not told. */
export const unknownStream: Answer = {
  status: 404,
  body: { error: 'not_found', error_description: 'There is no such stream.' },
};

export function tooMany(message: string): Answer {
  return { status: 429, body: { error: 'too_many_requests', error_description: message } };
}
