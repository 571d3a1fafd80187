import { keyPurposes } from '../../credentials/signing_keys.ts';
import type { KeyPurpose } from '../../credentials/signing_keys.ts';
import type { Configuration } from '../../domain/configuration.ts';
import { describeDuration } from '../../domain/durations.ts';
import { addSeconds, formatInstant, wholeSecondsBetween } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import type { SigningKeyTimes } from '../../domain/signing_keys.ts';
import { findReadyAt, isRotationDue } from '../../policy/evaluate_key_rotation.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

export interface KeyFacts {
  keys: readonly SigningKeyTimes[];
  now: Instant;
  configuration: Pick<Configuration, 'keys'>;
  /** Ids of the keys for tokens that the issuer publishes; undefined: nobody could ask. */
  published: readonly string[] | undefined;
}

/** What the schedule wants is done within seconds by any server that runs. */
const patience = 86_400;

const { good, warning, wrong } = findingsOf('keys');

/** The signing keys in their three states: that each kind has those it needs, in time, and known to everybody. */
export function checkSigningKeys({ keys, now, configuration, published }: KeyFacts): Finding[] {
  if (keys.length === 0) return [warning('There are none yet.', 'The first start of a server makes them.')];
  const found = (Object.keys(keyPurposes) as KeyPurpose[]).flatMap((purpose) =>
    keyPurposes[purpose].flatMap((algorithm) => checkKind(keys, purpose, algorithm)),
  );
  const earlier = addSeconds(now, -patience);
  if (isRotationDue(keys, configuration, earlier))
    found.push(
      warning('Their rotation is overdue by more than a day.', 'A running server rotates them: see its log.'),
    );
  const stale = keys.filter(({ publishedUntil }) => publishedUntil !== null && publishedUntil < earlier);
  if (stale.length > 0)
    found.push(
      warning(`${stale.length} are over, and not removed.`, 'A running server removes them: see its log.'),
    );
  found.push(...checkPublished(keys, published));
  return found.length > 0 ? found : [good(describe(keys, now))];
}

function checkKind(keys: readonly SigningKeyTimes[], purpose: string, algorithm: string): Finding[] {
  const has = (state: SigningKeyTimes['state']) =>
    keys.some((key) => key.purpose === purpose && key.algorithm === algorithm && key.state === state);
  const advice = 'A server makes what is missing at its start: restart one.';
  if (!has('current')) return [wrong(`No ${algorithm} key signs ${purpose}.`, advice)];
  return has('next')
    ? []
    : [wrong(`No ${algorithm} key for ${purpose} is published to be the next.`, advice)];
}

/** Another server, database or secret stands behind the issuer where it does not know these keys. */
function checkPublished(
  keys: readonly SigningKeyTimes[],
  published: readonly string[] | undefined,
): Finding[] {
  if (!published) return [];
  const lacking = keys.filter(
    ({ keyId, purpose, state }) => purpose === 'tokens' && state !== 'previous' && !published.includes(keyId),
  );
  if (lacking.length === 0) return [];
  return [
    wrong(
      `The issuer does not publish ${lacking.map(({ keyId }) => keyId).join(', ')}.`,
      'See whether its servers use this very database, and what caches /jwks.',
    ),
  ];
}

function describe(keys: readonly SigningKeyTimes[], now: Instant): string {
  const since = keys.flatMap(({ state, activatedAt }) => (state === 'current' ? (activatedAt ?? []) : []));
  const age = describeDuration(wholeSecondsBetween(Math.min(...since), now), 1);
  const count = (state: SigningKeyTimes['state']) => keys.filter((key) => key.state === state).length;
  const readyAt = findReadyAt(keys);
  const next =
    readyAt !== undefined && readyAt > now
      ? `may sign from ${formatInstant(readyAt).slice(0, 19)}Z`
      : 'may sign at once';
  const old = count('previous');
  const previous = old > 0 ? `; ${old} more ${old === 1 ? 'is' : 'are'} still published` : '';
  return `${count('current')} sign, the oldest for ${age}; ${count('next')} are published to be the next, and ${next}${previous}.`;
}
