import { openPushAuthorization } from '../credentials/push_authorization.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { changeStream } from '../operations/change_stream.ts';
import { createStream } from '../operations/create_stream.ts';
import type { SsfDependencies } from '../ssf/dependencies.ts';

type Given = Omit<SsfDependencies, 'createStream' | 'changeStream' | 'openAuthorization'>;

/** Event streams, whose receivers' secrets are sealed at rest. */
export function buildEventStreams(atRest: SecretsAtRest, given: Given): SsfDependencies {
  const { database } = given;
  return {
    ...given,
    createStream: (wish, origin) => database.transaction((tx) => createStream(tx, atRest, wish, origin)),
    changeStream: (reference, change, origin) =>
      database.transaction((tx) => changeStream(tx, atRest, reference, change, origin)),
    openAuthorization: ({ streamId, pushAuthorizationSealed: sealed }) =>
      sealed === null ? undefined : openPushAuthorization(atRest, streamId, sealed),
  };
}
