import assert from 'node:assert/strict';
import type { FamilyFacts, RefreshTokenFacts } from '../../src/domain/facts.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import type { GrantedRefresh } from '../../src/policy/evaluate_refresh.ts';
import {
  account,
  after,
  client,
  configurationOf,
  family,
  parts,
  refreshFacts,
  refreshRequest,
  session,
} from './facts.ts';

interface Setting {
  inactiveFor?: number;
  token?: RefreshTokenFacts;
  family?: Partial<FamilyFacts>;
  /** The clients of the session: `kiosk` counts only what clients report. */
  sessionClients?: string[];
}

function grant(setting: Setting): GrantedRefresh {
  const verdict = evaluateRefresh(
    refreshFacts({
      family: family(setting.family),
      session: session({ clientIds: setting.sessionClients ?? ['shop'] }),
      ...(setting.token ? { token: setting.token } : {}),
    }),
    refreshRequest({ clientId: setting.family?.clientId ?? 'shop', inactiveFor: setting.inactiveFor }),
  );
  assert.ok(verdict.granted);
  return verdict;
}

const activity = (setting: Setting) => {
  const { inactiveFor, sessionInactiveFor } = grant(setting);
  return [inactiveFor, sessionInactiveFor];
};
const kiosk = { clientId: 'kiosk' };
const reporting = { resources: ['https://reporting.example'] };

describe('the activity of a refresh', () => {
  const cases: [what: string, setting: Setting, family: number | undefined, session: number | undefined][] = [
    ['is now for the family and its session', {}, 0, 0],
    ['is what the client reports', { inactiveFor: 90 }, 90, 90],
    ['is now where the client reports 0', { inactiveFor: 0 }, 0, 0],
    [
      'is none under reported, unless told',
      { family: kiosk, sessionClients: ['kiosk'] },
      undefined,
      undefined,
    ],
    ['is what is told under reported', { family: kiosk, sessionClients: ['kiosk'], inactiveFor: 7 }, 7, 7],
    [
      'is none for the session where another client of it counts only reports',
      { sessionClients: ['shop', 'kiosk'] },
      0,
      undefined,
    ],
    [
      'is what is told for a session where another client counts only reports',
      { sessionClients: ['shop', 'kiosk'], inactiveFor: 7 },
      7,
      7,
    ],
    [
      'is none for the session either, where it is none for a family whose resource counts only reports',
      { family: reporting },
      undefined,
      undefined,
    ],
    [
      'is what is told for a family whose resource counts only reports',
      { family: reporting, inactiveFor: 7 },
      7,
      7,
    ],
  ];
  for (const [what, setting, ofFamily, ofSession] of cases) {
    it(what, () => assert.deepEqual(activity(setting), [ofFamily, ofSession]));
  }

  it('comes after the verdict: a long absence refuses nothing', () =>
    assert.equal(grant({ inactiveFor: 9_999_999_999 }).inactiveFor, 9_999_999_999));

  it('does not save a family that is over', () => {
    const facts = refreshFacts({ now: after(1800) });
    assert.equal(evaluateRefresh(facts, refreshRequest({ inactiveFor: 0 })).granted, false);
  });
});

describe('the activity of a retry', () => {
  const cases: [first: number | undefined, told: number | undefined, counts: number | undefined][] = [
    [0, undefined, undefined],
    [0, 0, undefined],
    [0, 5, undefined],
    [60, undefined, undefined],
    [60, 61, undefined],
    [60, 60, undefined],
    [60, 59, 59],
    [60, 0, 0],
    [undefined, undefined, undefined],
    [undefined, 300, 300],
    [undefined, 0, 0],
  ];
  for (const [first, told, counts] of cases) {
    it(`is ${counts ?? 'none'} where it says ${told ?? 'nothing'} and the first use counted as ${first ?? 'none'}`, () => {
      const token: RefreshTokenFacts = { rotatedAt: after(59), successorUnused: true, retries: 0 };
      if (first !== undefined) token.inactiveFor = first;
      const setting: Setting = told === undefined ? { token } : { token, inactiveFor: told };
      assert.deepEqual(activity(setting), [counts, counts]);
    });
  }
});

describe('the mode of a refresh', () => {
  const rotated = { rotatedAt: after(59), successorUnused: true, retries: 0 };
  const modeFor = (refreshRotation: boolean, more = {}) => {
    const configuration = configurationOf({ ...parts, clients: [client('shop', { refreshRotation })] });
    const verdict = evaluateRefresh(refreshFacts({ configuration, ...more }), refreshRequest());
    return verdict.granted && verdict.mode;
  };

  it('is rotate for a token not used before', () => assert.equal(modeFor(true), 'rotate'));

  it('is retry for one used before, in the overlap', () =>
    assert.equal(modeFor(true, { token: rotated }), 'retry'));

  it('is keep for a client without rotation', () => assert.equal(modeFor(false), 'keep'));

  it('is keep every time, with the same activity rules', () => {
    const configuration = configurationOf({
      ...parts,
      clients: [client('shop', { refreshRotation: false })],
    });
    for (const inactiveFor of [undefined, 0, 90]) {
      const verdict = evaluateRefresh(refreshFacts({ configuration }), refreshRequest({ inactiveFor }));
      assert.equal(verdict.granted && verdict.inactiveFor, inactiveFor ?? 0);
    }
  });

  it('is no way around the limits for a client without rotation', () => {
    assert.equal(modeFor(false, { now: after(1800) }), false);
    assert.equal(modeFor(false, { account: account({ disabled: true }) }), false);
  });
});
