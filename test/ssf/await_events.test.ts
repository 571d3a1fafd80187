import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createStream } from '../../src/operations/create_stream.ts';
import { requestVerification } from '../../src/operations/request_verification.ts';
import { awaitEvents } from '../../src/ssf/await_events.ts';
import type { StoredStream } from '../../src/store/ssf_streams.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';

describe('waiting for events', () => {
  let test: OperationTest;
  let stream: StoredStream;

  before(async () => {
    test = await prepareOperationTest();
    const secrets = createSecretsAtRest([randomBytes(32)]);
    const wish = { clientId: 'shop', settings: { subjectFormat: 'complex' } } as const;
    const made = await test.database.transaction((tx) => createStream(tx, secrets, wish, {}));
    assert.ok(made);
    stream = made;
  });
  after(() => test.drop());

  const wait = (signal = new AbortController().signal) => awaitEvents(test.database, stream, 10, signal);

  it('is for one at a time; whoever goes away leaves the place to the next', async () => {
    const gone = new AbortController();
    const first = wait(gone.signal);
    assert.deepEqual(await wait(), [], 'answered at once');
    gone.abort();
    assert.deepEqual(await first, []);
    const next = wait();
    await test.database.transaction((tx) => requestVerification(tx, stream, 'abc', {}));
    assert.equal((await next)?.length, 1);
  });

  it("is over when there is no such stream, another client's included", async () => {
    for (const reference of [
      { ...stream, streamId: '00000000-0000-4000-8000-000000000000' },
      { ...stream, clientId: 'portal' },
    ]) {
      const { signal } = new AbortController();
      assert.equal(await awaitEvents(test.database, reference, 10, signal), undefined);
    }
  });
});
