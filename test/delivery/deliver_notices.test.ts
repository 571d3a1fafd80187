import assert from 'node:assert/strict';
import pino from 'pino';
import { createDeliverer } from '../../src/delivery/deliver_notices.ts';
import { createPace } from '../../src/delivery/pace.ts';
import type { Deliverer } from '../../src/delivery/deliver_notices.ts';
import { giveUpStaleNotices } from '../../src/delivery/give_up_stale_notices.ts';
import type { Delivery, Sender } from '../../src/delivery/send_batch.ts';
import type { Database } from '../../src/store/database.ts';
import { holdReceiver, letReceiverGo } from '../../src/store/notice_receivers.ts';
import { insertNotices } from '../../src/store/notices.ts';
import { listNotices, reviveNotices } from '../../src/store/undelivered_notices.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { sql } from '../support/sql.ts';

describe('the deliverer', () => {
  let test: TestDatabase;
  let database: Database;
  let clock: FrozenClock;
  /** What was sent, as `receiver number`, and how the receivers answer. */
  let sent: string[];
  let answers: Record<string, () => Delivery | Promise<Delivery>>;
  let deliverer: Deliverer;

  before(async () => {
    test = await createTestDatabase();
    ({ database } = test);
    clock = await freezeClock(test);
  });
  after(() => test.drop());
  beforeEach(async () => {
    await sql(database, 'delete from notices');
    await sql(database, 'delete from notice_receivers');
    await clock.set(0);
    [sent, answers] = [[], {}];
    deliverer = start();
  });

  const delivered = (): Delivery => ({ outcome: 'delivered' });
  const failed = (): Delivery => ({ outcome: 'failed', error: 'the client answered 500' });
  const unreachable = (): Delivery => ({ outcome: 'unreachable', error: 'down' });
  const send: Sender = async ({ receiver, payload }) => {
    sent.push(`${receiver} ${String(payload.number)}`);
    return await (answers[receiver] ?? delivered)();
  };
  const start = () =>
    createDeliverer({
      database,
      senders: { backchannel_logout: send, mail: send, security_event: send },
      log: pino({ level: 'silent' }),
      // However busy the machine is that the tests run on.
      pace: createPace(() => 1),
    });

  async function queue(receiver: string, ...numbers: number[]): Promise<void> {
    for (const number of numbers)
      await insertNotices(database, [{ kind: 'backchannel_logout', receiver, payload: { number } }]);
  }

  /** One look of one instance, and all that comes of it. */
  async function deliver(): Promise<void> {
    await deliverer.deliverDue();
    await deliverer.stop();
    deliverer = start();
  }
  const left = async () => (await listNotices(database, { deadOnly: false, most: 1000 })).length;
  const dead = () => listNotices(database, { deadOnly: true, most: 1000 });

  /** stop() cuts a lane short: wait until the lanes ran empty. */
  async function deliverAll(): Promise<void> {
    await deliverer.deliverDue();
    for (let tries = 0; tries < 500; tries += 1) {
      const [row] = await sql<{ held: string }>(
        database,
        `select count(*) as held from notices where dead_at is null and tries > 0 and due_at = curfew_now() + interval '60 seconds'`,
      );
      if (row?.held === '0') return;
    }
    throw new Error('The lanes do not end.');
  }

  it('delivers each notice once, oldest first, and forgets it', async () => {
    await queue('a', 1, 2, 3);
    await deliverAll();
    assert.deepEqual(sent, ['a 1', 'a 2', 'a 3']);
    assert.equal(await left(), 0);
  });

  it('leaves a held receiver alone until it is let go, and then sends in order', async () => {
    await holdReceiver(database, 'a');
    await queue('a', 1, 2, 3);
    await clock.set(90_000);
    await deliverAll();
    assert.deepEqual(sent, []);
    await letReceiverGo(database, 'a');
    answers.a = failed;
    await deliverAll();
    assert.deepEqual((await dead()).length, 0, 'the time that it was held does not count');
    assert.deepEqual(sent.slice(0, 3), ['a 1', 'a 2', 'a 3']);
  });

  it('tries a receiver that is down with one notice at a time, later and later, and the rest when it is back', async () => {
    answers.a = unreachable;
    await queue('a', 1, 2, 3, 4, 5, 6);
    await deliverAll();
    assert.deepEqual(sent, ['a 1'], 'the first is alone on its way');
    await deliverAll();
    assert.equal(sent.length, 1, 'not at once');
    await clock.set(1);
    await deliverAll();
    await clock.set(3.01);
    await deliverAll();
    assert.equal(sent.length, 3, 'one a time');
    answers.a = delivered;
    for (const seconds of [70, 140]) {
      await clock.set(seconds);
      await deliverAll();
    }
    assert.equal(await left(), 0);
    assert.deepEqual(new Set(sent), new Set(['a 1', 'a 2', 'a 3', 'a 4', 'a 5', 'a 6']));
  });

  it('takes a receiver that fails with many different notices for one that is down', async () => {
    answers.a = failed;
    await queue('a', ...Array.from({ length: 60 }, (_, index) => index));
    await deliverAll();
    assert.ok(sent.length < 20, String(sent.length));
    const before = sent.length;
    await clock.set(1);
    await deliverAll();
    assert.equal(sent.length, before + 1);
  });

  it('keeps notices that always fail from holding up the others of their receiver', async () => {
    const poison = new Set(['a 1', 'a 2', 'a 3', 'a 4', 'a 5']);
    answers.a = () => (poison.has(sent.at(-1) ?? '') ? failed() : delivered());
    await queue('a', 1, 2, 3, 4, 5, 6);
    await deliverAll();
    assert.ok(sent.includes('a 6'), 'at once');
    for (const [at, seconds] of [10, 20, 40].entries()) {
      await clock.set(seconds);
      await queue('a', 10 + at);
      await deliverAll();
      assert.ok(sent.includes(`a ${10 + at}`), 'those that come later too');
    }
    assert.equal(await left(), 5);
  });

  it('goes on with a receiver while it takes what it gets', async () => {
    await queue('a', ...Array.from({ length: 150 }, (_, index) => index));
    await deliverer.deliverDue();
    for (let tries = 0; tries < 1000 && (await left()) > 0; tries += 1);
    assert.equal(sent.length, 150, 'in one look');
  });

  it('lets a receiver that hangs slow nobody else', async () => {
    let answer: ((delivery: Delivery) => void) | undefined;
    answers.slow = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await queue('slow', ...Array.from({ length: 200 }, (_, index) => index));
    await deliverer.deliverDue();
    await queue('a', 1);
    await deliverer.deliverDue();
    while (!sent.includes('a 1')) await new Promise(setImmediate);
    assert.equal(sent.filter((one) => one.startsWith('slow')).length, 1);
    const stopped = deliverer.stop();
    answer?.(delivered());
    await stopped;
  });

  it('gives back unsent what it had in hand when it stops', async () => {
    answers.a = async () => {
      await new Promise(setImmediate);
      return delivered();
    };
    await queue('a', ...Array.from({ length: 20 }, (_, index) => index));
    await deliver();
    assert.equal((await left()) + sent.length, 20);
    assert.ok(sent.length < 20);
    await deliverAll();
    assert.equal(sent.length, 20);
    assert.equal(await left(), 0);
  });

  it('loses nothing that a killed instance had in hand', async () => {
    answers.a = () => new Promise<Delivery>(() => undefined);
    await queue('a', 1, 2, 3, 4, 5, 6);
    await deliverer.deliverDue();
    answers.a = delivered;
    const other = start();
    await other.deliverDue();
    await other.stop();
    assert.equal(await left(), 6, 'nobody takes them over yet');
    await clock.set(60);
    deliverer = start();
    await deliverAll();
    assert.equal(await left(), 0);
  });

  it('shares the work: two instances deliver nothing twice', async () => {
    await queue('a', ...Array.from({ length: 30 }, (_, index) => index));
    await queue('b', ...Array.from({ length: 30 }, (_, index) => index));
    const other = start();
    await Promise.all([deliverer.deliverDue(), other.deliverDue()]);
    await deliverAll();
    for (let tries = 0; tries < 100 && (await left()) > 0; tries += 1) await deliverAll();
    assert.equal(sent.length, 60);
    assert.equal(new Set(sent).size, 60);
  });

  it('keeps what is rejected, tells the trail, and tries it again when an operator says so', async () => {
    answers.a = () => ({ outcome: 'rejected', error: 'the client answered 400' });
    await queue('a', 1);
    await deliverAll();
    const [kept] = await dead();
    assert.equal(kept?.lastError, 'the client answered 400');
    assert.equal(kept.tries, 1);
    const events = await sql<{ detail: Record<string, unknown> }>(
      database,
      `select detail from audit_events where name = 'notice.undeliverable'`,
    );
    assert.equal(events[0]?.detail.receiver, 'a');
    await clock.set(1000);
    await deliverAll();
    assert.equal(sent.length, 1);
    answers.a = delivered;
    assert.equal(await reviveNotices(database, [kept.noticeId]), 1);
    await deliverAll();
    assert.equal(await left(), 0);
    assert.equal(await reviveNotices(database, 'all'), 0);
  });

  it('gives a notice up after a day', async () => {
    answers.a = failed;
    await queue('a', 1);
    await clock.set(24 * 3600 - 1);
    await deliverAll();
    assert.deepEqual(await dead(), []);
    await clock.set(24 * 3600 + 60);
    await deliverAll();
    assert.equal((await dead()).length, 1);
  });

  it('gives up after a day what only waited for its receiver, with one event', async () => {
    answers.a = unreachable;
    await queue('a', 1, 2, 3);
    await deliverAll();
    await clock.set(24 * 3600);
    await giveUpStaleNotices(database);
    assert.equal((await dead()).length, 0);
    await clock.set(24 * 3600 + 1);
    await giveUpStaleNotices(database);
    assert.equal((await dead()).length, 3);
    const [event] = await sql<{ detail: Record<string, unknown> }>(
      database,
      `select detail from audit_events where name = 'notice.undeliverable' order by event_id desc limit 1`,
    );
    assert.deepEqual([event?.detail.receiver, event?.detail.count], ['a', 3]);
  });

  it('takes an error of the sender for a failure', async () => {
    answers.a = () => {
      throw new Error('no key');
    };
    await queue('a', 1);
    await deliverAll();
    const [kept] = await listNotices(database, { deadOnly: false, most: 1 });
    assert.equal(kept?.lastError, 'no key');
  });
});
