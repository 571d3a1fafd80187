import assert from 'node:assert/strict';
import { recordEvent } from '../../src/events/record_event.ts';
import { reportActivity } from '../../src/reports/report_activity.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createMovableClock } from '../support/clock.ts';

describe('reportActivity', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
  });
  after(() => test.drop());

  it('tells ends and refusals by reason of the last day and week, and proofs by day', async () => {
    const { database } = test;
    const clock = createMovableClock(database);
    const record = (name: 'session.ended' | 'refresh.refused' | 'mfa.passed', detail = {}) =>
      database.transaction((tx) => recordEvent(tx, name, {}, {}, detail));
    await record('session.ended', { reason: 'signed_out' });
    await clock.advance(8 * 86_400);
    await record('session.ended', { reason: 'idle_timeout' });
    await record('mfa.passed');
    await clock.advance(2 * 86_400);
    await record('session.ended', { reason: 'idle_timeout' });
    await record('session.ended', { reason: 'absolute_timeout' });
    await record('refresh.refused', { code: 'reuse_detected' });
    await record('mfa.passed');
    await record('mfa.passed');
    const report = await reportActivity(database, await loadConfiguration(database));
    await clock.reset();
    assert.deepEqual(report.ends, [
      { label: 'idle_timeout', day: 1, week: 2 },
      { label: 'absolute_timeout', day: 1, week: 1 },
    ]);
    assert.deepEqual(report.refusals, [{ label: 'reuse_detected', day: 1, week: 1 }]);
    assert.deepEqual(report.stepUps, [0, 0, 0, 0, 1, 0, 2]);
    assert.deepEqual(report.live, [{ policy: 'default', count: 0 }]);
  });
});
