import assert from 'node:assert/strict';
import { sendBatch } from '../../src/delivery/send_batch.ts';
import type { Sender } from '../../src/delivery/send_batch.ts';
import type { Notice } from '../../src/store/notices.ts';

describe('a batch', () => {
  it('goes out in the order in which things happened to one account, beside what happened to others', async () => {
    const sent: string[] = [];
    const answers = new Map<string, () => void>();
    const send: Sender = ({ payload }) =>
      new Promise((resolve) => {
        const { accountId, number } = payload as { accountId: string; number: number };
        sent.push(`${accountId} ${number}`);
        answers.set(accountId, () => resolve({ outcome: 'delivered' }));
      });
    const events = [1, 2, 3].flatMap((number) =>
      ['ada', 'grace'].map((accountId) => ({ accountId, number })),
    );
    const notices = events.map((payload, index): Notice => {
      const noticeId = `00000000-0000-7000-8000-00000000000${index}`;
      const common = {
        kind: 'security_event',
        receiver: 'a',
        tries: 1,
        ageSeconds: 0,
        receiverFailures: 0,
      } as const;
      return { ...common, noticeId, payload };
    });
    const senders = { backchannel_logout: send, mail: send, security_event: send };
    const batch = sendBatch(notices.toReversed(), senders, new AbortController().signal);
    for (const accountId of ['ada', 'grace', 'grace', 'ada', 'grace', 'ada']) {
      answers.get(accountId)?.();
      await new Promise(setImmediate);
    }
    const { tried, unsent } = await batch;
    assert.deepEqual([tried.length, unsent.length], [6, 0]);
    assert.deepEqual(sent, ['ada 1', 'grace 1', 'ada 2', 'grace 2', 'grace 3', 'ada 3']);
  });
});
