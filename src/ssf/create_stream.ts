import type { Answer, Call } from './call.ts';
import { invalid } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { readStreamRequest } from './stream_request.ts';
import { viewStream } from './stream_view.ts';

/** Make a stream (SSF 1.0 §8.1.1.1). Without `delivery` its receiver polls. */
export async function createStream(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  const request = readStreamRequest(call.body, dependencies.addressRules());
  if ('fault' in request) return invalid(request.fault);
  const { clientId, origin } = call;
  const settings = { subjectFormat: 'complex', ...request.settings } as const;
  const stream = await dependencies.createStream({ clientId, settings }, origin);
  if (!stream) {
    const message = 'The client has as many streams as it may have.';
    return { status: 409, body: { error: 'too_many_streams', error_description: message } };
  }
  return { status: 201, body: viewStream(dependencies, call, stream) };
}
