import assert from 'node:assert/strict';
import type { End, FamilyFacts, SessionFacts } from '../../src/domain/facts.ts';
import type { Instant } from '../../src/domain/instants.ts';
import type { Limits } from '../../src/domain/policies.ts';
import { evaluateFamily } from '../../src/policy/evaluate_lifetime.ts';
import type { Lifetime } from '../../src/policy/evaluate_lifetime.ts';
import { after, family, limitsOf, momentsAround, session } from './facts.ts';

/** Own limits of policy `p`, version 7; those of the session are longer unless given. */
interface Setting {
  own?: Partial<Limits>;
  sessions?: Partial<Limits>;
  family?: Partial<FamilyFacts>;
  /** null: gone from the store. */
  session?: Partial<SessionFacts> | null;
}

function evaluate(setting: Setting, now: Instant): Lifetime {
  return evaluateFamily(
    family(setting.family),
    limitsOf({ refresh_idle: 600, refresh_absolute: 3600, ...setting.own }),
    {
      session: setting.session === null ? undefined : session(setting.session),
      limits: limitsOf({ session_idle: 7200, session_absolute: 86_400, ...setting.sessions }),
    },
    now,
  );
}

const idle = (at: Instant, limit = 600): End => ({
  reason: 'idle_timeout',
  at,
  limit,
  policy: 'p',
  policyVersion: 7,
});
const absolute = (at: Instant, limit = 3600): End => ({ ...idle(at, limit), reason: 'absolute_timeout' });
const offline = { bound: false };

/** Each limit with what makes it the first to pass, and the end that it gives. */
const limits: [name: string, setting: Setting, end: End][] = [
  ["an offline family's idle limit", { family: offline }, idle(after(600))],
  [
    "an offline family's absolute limit",
    { family: { ...offline, lastActivityAt: after(3500) } },
    absolute(after(3600)),
  ],
  ["a bound family's own idle limit", {}, idle(after(600))],
  ["a bound family's own absolute limit", { family: { lastActivityAt: after(3500) } }, absolute(after(3600))],
  [
    "its session's idle limit, where it is the smaller one",
    { sessions: { session_idle: 300 } },
    idle(after(300), 300),
  ],
  ["its session's absolute limit", { sessions: { session_absolute: 500 } }, absolute(after(500), 500)],
  [
    "its own idle limit, counted from the session's later activity",
    { session: { lastActivityAt: after(100) } },
    idle(after(700)),
  ],
  [
    'its own idle limit, counted from its own later activity',
    { family: { lastActivityAt: after(200) }, session: { lastActivityAt: after(100) } },
    idle(after(800)),
  ],
  [
    "its session's smaller idle limit, counted from the session's later activity",
    { sessions: { session_idle: 300 }, session: { lastActivityAt: after(100) } },
    idle(after(400), 300),
  ],
  [
    'the idle limit of its session itself, which the activity of the family did not reach',
    { sessions: { session_idle: 300 }, family: { lastActivityAt: after(250) } },
    idle(after(300), 300),
  ],
];

describe('the lifetime of a family', () => {
  for (const [name, setting, end] of limits) {
    for (const { when, now, over } of momentsAround(end.at)) {
      it(`is ${over ? 'over' : 'not over'} ${when} ${name}`, () => {
        const lifetime = evaluate(setting, now);
        if (over) return assert.deepEqual(lifetime, { over, end });
        assert.equal(lifetime.over, false);
        assert.equal(lifetime.idleEndAt, end.at);
      });
    }
    it(`ends at ${name}, even if nobody asks for a year`, () =>
      assert.deepEqual(evaluate(setting, end.at + 31_536_000_000_000), { over: true, end }));
  }

  it('has the deadlines of whatever comes first, the family or its session', () => {
    const setting = { sessions: { session_idle: 300, session_absolute: 1000 } };
    assert.deepEqual(evaluate(setting, after(1)), {
      over: false,
      idleEndAt: after(300),
      absoluteEndAt: after(1000),
    });
  });

  it('has no idle deadline beyond the absolute one', () => {
    const setting = { family: { ...offline, lastActivityAt: after(3500) } };
    const deadlines = { idleEndAt: after(3600), absoluteEndAt: after(3600) };
    assert.deepEqual(evaluate(setting, after(3501)), { over: false, ...deadlines });
  });

  for (const now of [after(1), after(600), after(99_999)]) {
    it(`keeps a stored end, asked at ${now}`, () => {
      const end: End = { reason: 'revoked', at: after(1) };
      const setting = { family: { end }, session: { end: { reason: 'signed_out', at: after(0) } as const } };
      assert.deepEqual(evaluate(setting, now), { over: true, end });
    });
  }
});

describe('a family whose session ended', () => {
  const end: End = { reason: 'signed_out', at: after(100) };

  it("ends with the session's own reason and moment, if bound", () =>
    assert.deepEqual(evaluate({ session: { end } }, after(200)), { over: true, end }));

  it("ends with the session's own reason, though its own limit passed later", () =>
    assert.deepEqual(evaluate({ session: { end } }, after(9999)), { over: true, end }));

  it('ends by its own limit, if that passed before the session ended', () => {
    const late: End = { reason: 'signed_out', at: after(600) + 1 };
    assert.deepEqual(evaluate({ session: { end: late } }, after(9999)), {
      over: true,
      end: idle(after(600)),
    });
  });

  it('lives on, if offline, by its own clocks', () => {
    const deadlines = { idleEndAt: after(600), absoluteEndAt: after(3600) };
    const setting = { family: offline, session: { end, lastActivityAt: after(90) } };
    assert.deepEqual(evaluate(setting, after(200)), { over: false, ...deadlines });
  });
});

describe('a family whose session is gone from the store', () => {
  it('ends with session_ended, if bound', () =>
    assert.deepEqual(evaluate({ session: null }, after(200)), {
      over: true,
      end: { reason: 'session_ended', at: after(200) },
    }));

  it('ends by its own limit, if bound and that has passed', () => {
    assert.deepEqual(evaluate({ session: null }, after(600)), { over: true, end: idle(after(600)) });
    const active = { lastActivityAt: after(3599) };
    assert.deepEqual(evaluate({ session: null, family: active }, after(3600)), {
      over: true,
      end: absolute(after(3600)),
    });
  });

  it('lives on, if offline', () =>
    assert.equal(evaluate({ session: null, family: offline }, after(599)).over, false));
});

describe('two limits of a family that pass at the same moment', () => {
  const together: [what: string, setting: Setting][] = [
    ['of an offline family', { family: { ...offline, lastActivityAt: after(3000) } }],
    ['of a bound family', { family: { lastActivityAt: after(3000) } }],
    [
      "of a bound family, its own idle one and its session's absolute one",
      { sessions: { session_absolute: 600 } },
    ],
  ];
  for (const [what, setting] of together) {
    it(`end it by the absolute one: ${what}`, () => {
      const lifetime = evaluate(setting, after(3600));
      assert.equal(lifetime.over && lifetime.end.reason, 'absolute_timeout');
    });
  }

  it("name the family's own absolute limit before its session's", () => {
    const setting = { family: { lastActivityAt: after(3500) }, sessions: { session_absolute: 3600 } };
    const lifetime = evaluateFamily(
      family(setting.family),
      limitsOf({ refresh_idle: 600, refresh_absolute: 3600 }),
      {
        session: session({ lastActivityAt: after(3500) }),
        limits: {
          ...limitsOf({ session_idle: 7200 }),
          session_absolute: { value: 3600, policy: 'other', version: 1 },
        },
      },
      after(3600),
    );
    assert.deepEqual(lifetime, { over: true, end: absolute(after(3600)) });
  });
});
