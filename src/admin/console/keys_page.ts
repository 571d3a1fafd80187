import { describeDuration } from '../../domain/durations.ts';
import type { Instant } from '../../domain/instants.ts';
import { defaultRotateEvery } from '../../domain/signing_keys.ts';
import type { SigningKeyTimes } from '../../domain/signing_keys.ts';
import { describeFuture, describePast } from '../../http/describe_moment.ts';
import { readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { removeSigningKey } from '../../operations/remove_signing_key.ts';
import { findReadyAt } from '../../policy/evaluate_key_rotation.ts';
import { listSigningKeyTimes } from '../../store/signing_keys.ts';
import { consoleKeyChangePage, consoleKeysPage } from '../../../views/console/keys.ts';
import type { KeyProps } from '../../../views/console/keys.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const keysPath = `${consoleRoot}/keys`;
const rotatePath = `${keysPath}/rotate`;
const removePath = (keyId: string): string => `${keysPath}/${encodeURIComponent(keyId)}/remove`;

const purposes: Readonly<Record<string, string>> = {
  tokens: 'Tokens',
  security_events: 'Security events',
};

/** The signing keys in their three states. */
export async function showKeys(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { keys, now } = await listSigningKeyTimes(dependencies.database);
  const of = (state: SigningKeyTimes['state'], atOf: (key: SigningKeyTimes) => Instant | null | undefined) =>
    keys.filter((key) => key.state === state).map((key) => describeKey(key, atOf(key), now, visit));
  const shell = await describeShell(dependencies, visit);
  const page = consoleKeysPage(shell, {
    current: of('current', ({ activatedAt }) => activatedAt),
    next: of('next', (key) => findReadyAt(keys.filter((other) => isAlike(key, other)))),
    previous: of('previous', ({ publishedUntil }) => publishedUntil),
    rotateEvery: describeDuration(visit.configuration.keys?.rotateEvery ?? defaultRotateEvery),
  });
  sendPage(visit.ctx, page);
}

/** Whether the next keys may sign already, and the question whether they shall. */
export async function showRotation(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { keys, now } = await listSigningKeyTimes(dependencies.database);
  const readyAt = findReadyAt(keys);
  const isReady = readyAt !== undefined && now >= readyAt;
  const shell = await describeShell(dependencies, visit);
  const page = consoleKeyChangePage(shell, {
    heading: 'Rotate the signing keys?',
    lead: 'The next keys sign from now on, and others are published to be the next. The current ones stay published until what they signed is over.',
    warning: isReady ? undefined : describeHaste(readyAt, now),
    button: isReady ? 'Rotate the keys' : 'Rotate them although they are not known everywhere',
    action: rotatePath,
    fields: isReady ? {} : { force: '1' },
  });
  sendPage(visit.ctx, page);
}

/** Throws Problem where they are not known everywhere, unless the form said so. */
export async function submitRotation(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, origin } = visit;
  const mode = readField(ctx, 'force', 1) === '1' ? 'forced' : 'manual';
  await change(dependencies, (tx, configuration) =>
    dependencies.rotateSigningKeys(tx, { configuration, mode }, origin),
  );
  leaveNotice(ctx, consoleRoot, 'The keys are rotated.');
  seeOther(ctx, keysPath);
}

export async function showKeyRemoval(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, path } = visit;
  const { keys } = await listSigningKeyTimes(dependencies.database);
  const key = keys.find(({ keyId, state }) => keyId === path.key_id && state === 'previous');
  if (!key) return ctx.throw(404);
  const shell = await describeShell(dependencies, visit);
  const page = consoleKeyChangePage(shell, {
    heading: 'Remove this key?',
    lead: `The key ${key.keyId} is published no longer. Nothing that it signed verifies from then on: people may have to sign in again.`,
    button: 'Remove the key',
    action: removePath(key.keyId),
    fields: {},
  });
  sendPage(ctx, page);
}

/** Throws Problem unless another key has taken its place. */
export async function submitKeyRemoval(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
): Promise<void> {
  const { ctx, path, origin } = visit;
  await change(dependencies, (tx) => removeSigningKey(tx, path.key_id ?? '', origin));
  leaveNotice(ctx, consoleRoot, 'The key is removed.');
  seeOther(ctx, keysPath);
}

function isAlike(key: SigningKeyTimes, other: SigningKeyTimes): boolean {
  return key.purpose === other.purpose && key.algorithm === other.algorithm;
}

function describeKey(
  { keyId, purpose, algorithm, state }: SigningKeyTimes,
  at: Instant | null | undefined,
  now: Instant,
  { mayChange }: ConsoleVisit,
): KeyProps {
  return {
    keyId,
    purpose: purposes[purpose] ?? purpose,
    algorithm,
    at: at == null ? undefined : at <= now ? describePast(at, now) : describeFuture(at, now),
    removeUrl: state === 'previous' && mayChange ? removePath(keyId) : undefined,
  };
}

function describeHaste(readyAt: Instant | undefined, now: Instant): string {
  if (readyAt === undefined) return 'There is no next key yet: a running server publishes one.';
  const { distance, text } = describeFuture(readyAt, now);
  return `The next keys are not known everywhere before ${text}, ${distance}. Until then some tokens would fail to verify: do it only if a key has leaked.`;
}
