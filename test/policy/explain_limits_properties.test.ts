import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { LimitField } from '../../src/domain/policies.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import { isStricter } from '../../src/policy/effective_limits.ts';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import { explainLimits, explainStepUp } from '../../src/policy/explain_limits.ts';
import type { LimitExplanation } from '../../src/policy/explain_limits.ts';
import { explainScopes } from '../../src/policy/explain_scopes.ts';
import { familySubject, sessionSubject } from '../../src/policy/subject_limits.ts';
import { limits, policies } from './arbitraries.ts';
import {
  account,
  client,
  configurationOf,
  family,
  policy,
  refreshFacts,
  refreshRequest,
  second,
  session,
  start,
} from './facts.ts';

const fields = Object.keys(builtInDefaultPolicy.limits) as LimitField[];
const resource = 'https://api.example';
const roleNames = ['member', 'cashier', 'auditor'];
const scopeNames = ['reports.read', 'payments.write', 'vault.open'];

/** Any policies, with or without `default`, brought by anything, by several at once, and by names of none. */
const configurations = fc
  .record({
    policies,
    byDefault: fc.option(limits, { nil: undefined }),
    brought: fc.array(fc.constantFrom('p0', 'p1', 'p2', 'p3', 'default', 'unknown', undefined, undefined), {
      minLength: 8,
      maxLength: 8,
    }),
    stepUps: fc.array(
      fc.option(fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }), { nil: null }),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    guarded: fc.subarray(scopeNames),
    registered: fc.subarray(scopeNames),
  })
  .map(({ policies: named, byDefault, brought, stepUps, guarded, registered }): Configuration => {
    const of = (at: number) => (brought[at] === undefined ? {} : { policy: brought[at] });
    return configurationOf({
      policies: [...named, ...(byDefault ? [policy('default', byDefault, 4)] : [])],
      roles: roleNames.map((name, at) => ({ name, ...of(at) })),
      clients: [client('shop', { metadata: { scope: registered.join(' ') }, ...of(3) })],
      resources: [{ identifier: resource, scopes: scopeNames, ...of(4) }],
      scopes: scopeNames.map((name, at) => {
        const maxAge = stepUps[at];
        return {
          name,
          ...of(5 + at),
          ...(guarded.includes(name) ? { roles: ['cashier'] } : {}),
          ...(maxAge === null ? {} : { stepUp: maxAge === undefined ? {} : { mfaMaxAge: maxAge } }),
        };
      }),
    });
  });

const questions = fc.record({
  configuration: configurations,
  roles: fc.subarray(roleNames),
  asked: fc.subarray(scopeNames),
});

/** A family of what would be granted, refreshed a moment after all its proofs. */
function refreshOf(
  configuration: Configuration,
  roles: readonly string[],
  scopes: readonly string[],
  mfaAge: number,
) {
  const now = start + second;
  const proved = { mfaAt: now - mfaAge, phrAt: now - mfaAge };
  const moments = { startedAt: now, lastActivityAt: now };
  return evaluateRefresh(
    refreshFacts({
      now,
      configuration,
      account: account({ roles }),
      family: family({ scopes, resources: [resource], bound: true, ...moments, ...proved }),
      session: session(moments),
    }),
    refreshRequest(),
  );
}

function answer({
  configuration,
  roles,
  asked,
}: {
  configuration: Configuration;
  roles: string[];
  asked: string[];
}) {
  const scopes = explainScopes(configuration, asked, { roles, clientId: 'shop', resources: [resource] });
  const granted = scopes.filter(({ obstacle }) => obstacle === undefined).map(({ name }) => name);
  const subject = familySubject({ clientId: 'shop', resources: [resource], scopes: granted }, roles);
  return { granted, subject };
}

const winnersOf = (explained: readonly LimitExplanation[]) =>
  Object.fromEntries(
    explained.map(({ field, value, policy: name, version }) => [field, { value, policy: name, version }]),
  );

describe('an explanation of limits', () => {
  it('names what the gate applies, to the family and to its session', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { configuration, roles } = question;
        const { granted, subject } = answer(question);
        const verdict = refreshOf(configuration, roles, granted, 0);
        assert.ok(verdict.granted);
        assert.deepEqual(verdict.scopes, granted);
        assert.deepEqual(winnersOf(explainLimits(configuration, subject, fields)), verdict.limits.family);
        const ofSession = sessionSubject(session(), roles);
        assert.deepEqual(winnersOf(explainLimits(configuration, ofSession, fields)), verdict.limits.session);
      }),
    );
  });

  it('has one winner, which none of the others beats, and tells truly why they lost', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { configuration } = question;
        for (const { field, value, candidates, policy: name } of explainLimits(
          configuration,
          answer(question).subject,
          fields,
        )) {
          const [winner, ...more] = candidates.filter(({ outcome }) => outcome === 'won');
          assert.deepEqual([winner?.policy, winner?.value, more], [name, value, []]);
          for (const loser of candidates.filter((candidate) => candidate !== winner)) {
            const own = configuration.policies.get(loser.policy ?? '')?.limits[field];
            if (loser.policy !== 'default') assert.equal(loser.value, own);
            if (loser.outcome === 'not_set') assert.equal(loser.value, undefined);
            if (loser.outcome === 'as_strict') assert.equal(loser.value, value);
            if (loser.outcome === 'less_strict')
              assert.ok(loser.value !== undefined && isStricter(field, value, loser.value));
            assert.equal(loser.outcome === 'fallback', loser.sources.length === 0);
          }
        }
      }),
    );
  });

  it('says what brings each policy', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { configuration, roles } = question;
        const { granted, subject } = answer(question);
        const [limit] = explainLimits(configuration, subject, ['refresh_idle']);
        const told = (limit?.candidates ?? []).flatMap(({ policy: name, sources }) =>
          sources.map((source) => `${source.kind} ${source.name}: ${name}`),
        );
        const entries: [string, { policy?: string } | undefined][] = [
          ...roles.map((name): [string, { policy?: string } | undefined] => [
            `role ${name}`,
            configuration.roles.get(name),
          ]),
          ['client shop', configuration.clients.get('shop')],
          [`resource ${resource}`, configuration.resources.get(resource)],
          ...granted.map((name): [string, { policy?: string } | undefined] => [
            `scope ${name}`,
            configuration.scopes.get(name),
          ]),
        ];
        const expected = entries.flatMap(([what, entry]) =>
          entry?.policy !== undefined && configuration.policies.has(entry.policy)
            ? [`${what}: ${entry.policy}`]
            : [],
        );
        assert.deepEqual(told.toSorted(), expected.toSorted());
      }),
    );
  });

  it('says for how long a proof serves a scope, to the microsecond at which the gate leaves it out', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { configuration, roles } = question;
        const { granted, subject } = answer(question);
        const scopesAt = (mfaAge: number) => {
          const verdict = refreshOf(configuration, roles, granted, mfaAge);
          return verdict.granted ? verdict.scopes : [];
        };
        for (const scope of granted) {
          const limit = explainStepUp(configuration, subject, scope);
          if (!limit) {
            assert.equal(configuration.scopes.get(scope)?.stepUp, undefined);
            continue;
          }
          const age = Number(limit.value) * second;
          assert.ok(scopesAt(age - 1).includes(scope));
          assert.ok(!scopesAt(age).includes(scope));
          const won = limit.candidates.filter(({ outcome }) => outcome === 'won');
          assert.deepEqual(
            won.map((winner) => [winner.value, winner.policy]),
            [[limit.value, limit.policy]],
          );
        }
      }),
    );
  });
});
