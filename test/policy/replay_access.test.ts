import assert from 'node:assert/strict';
import type { FamilyFacts } from '../../src/domain/facts.ts';
import { createReplay } from '../../src/policy/replay_access.ts';
import type { Replayed } from '../../src/policy/replay_access.ts';
import { after, configurationOf, family, policy, start } from './facts.ts';

const limits = { refresh_idle: 100, refresh_absolute: 1000, session_idle: 100, session_absolute: 1000 };
const configuration = (more: object = {}) =>
  configurationOf({
    policies: [policy('member', { ...limits, lease_max: 500, ...more })],
    roles: [{ name: 'member', policy: 'member' }],
  });

describe('createReplay', () => {
  function begin(more: object = {}) {
    const done: Replayed[] = [];
    const replay = createReplay(
      configuration(more),
      () => ['member'],
      (one) => done.push(one),
    );
    replay.startSession({ sessionId: 's', accountId: 'ada', startedAt: start, lastActivityAt: start });
    const told = () => done.map(({ of, replayed, usedAt }) => [of, replayed?.reason, replayed?.at, usedAt]);
    const add = (facts: Partial<FamilyFacts> = {}) => replay.startFamily(family({ scopes: [], ...facts }));
    /** `null`: it was no activity. */
    const refresh = (at: number, seconds: number | null = 0, familyId = 'f') => {
      const activity = { at: after(at), inactiveFor: seconds ?? undefined };
      replay.touchFamily(familyId, activity, activity);
    };
    return { replay, told, add, refresh };
  }
  const idleAt = (seconds: number) => ['idle_timeout', after(seconds), undefined];

  it('ends what is idle at the very second, and nothing a second before', () => {
    for (const [last, ended] of [
      [100, true],
      [99, false],
    ] as const) {
      const { replay, told, add } = begin();
      add();
      replay.finish(after(last));
      const end = ended ? idleAt(100) : [undefined, undefined, undefined];
      assert.deepEqual(told(), [
        ['family', ...end],
        ['session', ...end],
      ]);
    }
  });

  it('moves the clocks of a bound family and its session by a refresh, as far as it was activity', () => {
    const { replay, told, add, refresh } = begin();
    add();
    refresh(50);
    refresh(90, 30);
    refresh(95, null);
    replay.finish(after(1e6));
    assert.deepEqual(told(), [
      ['family', ...idleAt(160)],
      ['session', ...idleAt(160)],
    ]);
  });

  it('revives nothing by a refresh that came after the end, and tells of it', () => {
    const { replay, told, add, refresh } = begin();
    add({ bound: false });
    refresh(150);
    refresh(180);
    replay.finish(after(1e6));
    assert.deepEqual(told()[0], ['family', 'idle_timeout', after(100), after(180)]);
  });

  it('ends what is idle before another family moves the session that both hang on', () => {
    const { replay, told, add, refresh } = begin({ refresh_idle: 50 });
    add();
    add({ familyId: 'g' });
    replay.touchSession('s', { at: after(45), inactiveFor: 0 });
    replay.touchSession('s', { at: after(96), inactiveFor: 0 });
    refresh(97, 0, 'g');
    replay.finish(after(1e6));
    const ends = told().map(([of, reason, at]) => [of, reason, at]);
    assert.deepEqual(ends, [
      ['family', 'idle_timeout', after(95)],
      ['family', 'idle_timeout', after(95)],
      ['session', 'idle_timeout', after(196)],
    ]);
  });

  it('judges by the old limits up to a change, by the new ones from then on', () => {
    const { replay, told, add } = begin();
    add({ bound: false });
    replay.useConfiguration(configuration({ refresh_idle: 500, session_idle: 500 }), after(99));
    replay.useConfiguration(configuration(), after(300));
    replay.finish(after(301));
    assert.deepEqual(told()[0]?.slice(0, 3), ['family', 'idle_timeout', after(100)]);
    const late = begin();
    late.add({ bound: false });
    late.replay.useConfiguration(configuration({ refresh_idle: 500 }), after(100));
    late.replay.finish(after(101));
    assert.deepEqual(late.told()[0]?.slice(0, 3), ['family', 'idle_timeout', after(100)], 'not revived');
  });

  it('judges by the roles of then', () => {
    const { replay, told, add } = begin();
    add({ bound: false });
    replay.useRoles('ada', [], after(50));
    replay.finish(after(899));
    assert.deepEqual(
      told().map(([, reason]) => reason),
      [undefined, undefined],
      'the built-in policy has 15 minutes',
    );
  });

  it('takes a cause as it was, and a limit of then only if it is over here too', () => {
    for (const [reason, expected] of [
      ['signed_out', 'signed_out'],
      ['idle_timeout', undefined],
    ] as const) {
      const { replay, told } = begin();
      replay.endSession('s', { reason, at: after(60) }, after(60));
      assert.equal(told()[0]?.[1], expected);
    }
    const { replay, told } = begin();
    replay.endSession('s', { reason: 'signed_out', at: after(120) }, after(120));
    assert.deepEqual(told()[0]?.slice(1, 3), ['idle_timeout', after(100)], 'it was over before');
  });

  it('lets the idle limit rest within a lease', () => {
    const { replay, told, add } = begin();
    add({ bound: false });
    replay.leaseFamily('f', { duration: 400, purpose: 'a job' });
    replay.finish(after(1e6));
    assert.deepEqual(told()[0]?.slice(1, 3), ['lease_over', after(400)]);
  });

  it('learns from a code of activity that nothing else told of', () => {
    const { replay, told, add } = begin();
    add({ startedAt: after(110), lastActivityAt: after(99) });
    replay.finish(after(1e6));
    assert.deepEqual(told(), [
      ['family', ...idleAt(199)],
      ['session', ...idleAt(199)],
    ]);
  });

  it('knows nothing of what began before', () => {
    const { replay, told, add, refresh } = begin();
    add({ sessionId: 'earlier' });
    refresh(10);
    replay.endFamily('f', { reason: 'signed_out', at: after(20) }, after(20));
    replay.endSession('earlier', { reason: 'signed_out', at: after(20) }, after(20));
    assert.deepEqual(told(), []);
  });
});
