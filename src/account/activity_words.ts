import { describeEnd } from '../domain/describe_end.ts';
import { describeDuration } from '../domain/durations.ts';
import { endReasons } from '../domain/reasons.ts';
import type { EndReason } from '../domain/reasons.ts';

/** What a sentence is made of. */
export interface Told {
  /** The app it is about, by its name. */
  app: string;
  detail: Record<string, unknown>;
}

/**
 * Whose address may be shown beside it: `own`, that of the person's own browser; `try`, of whoever tried, cut
 * short, since it may be a stranger's; `none`, that of an operator, an app or the server itself.
 */
export type AddressShown = 'own' | 'try' | 'none';

interface Words {
  say(told: Told): string;
  shows: AddressShown;
}

const own = (say: Words['say']): Words => ({ say, shows: 'own' });
const tried = (say: Words['say']): Words => ({ say, shows: 'try' });
const quiet = (say: Words['say']): Words => ({ say, shows: 'none' });

/** Every event that is told to the person whose account it is of, as a sentence to them. */
export const activityWords: Readonly<Record<string, Words>> = {
  'sign_in.succeeded': own(({ detail }) =>
    isBy(detail.amr, 'pwd') ? 'You signed in with your password.' : 'You signed in with a passkey.',
  ),
  'sign_in.failed': tried(({ detail }) =>
    String(detail.reason).startsWith('passkey') ? 'A passkey was refused.' : 'A wrong password was tried.',
  ),
  'mfa.passed': own(({ detail }) =>
    detail.method === 'passkey'
      ? 'You confirmed it was you with a passkey.'
      : 'You confirmed it was you with a code of your authenticator.',
  ),
  'mfa.failed': tried(({ detail }) => describeFailedFactor(detail)),
  'factor.enrolled': own(({ detail }) => `${nameFactor(detail)} was added.`),
  'factor.renamed': own(({ detail }) => `${nameFactor(detail)} was given another name.`),
  'factor.removed': own(({ detail }) => `${nameFactor(detail)} was removed.`),
  'factor.disabled': tried(
    () => 'Your authenticators were turned off: too many codes in a row were wrong. Set one up anew.',
  ),
  'recovery_codes.renewed': own(() => 'You made new recovery codes. The old ones work no more.'),
  'recovery_code.used': own(() => 'A recovery code was used.'),
  'password.proved': own(() => 'You gave your password again, to change something.'),
  'password.not_proved': own(() => 'A wrong password was given where yours was asked for again.'),
  'password.changed': own(() => 'You changed your password.'),
  'password.set': quiet(({ detail }) =>
    detail.by === 'operator'
      ? 'An operator set a password for your account.'
      : 'Your password was set by a one-time link.',
  ),
  'password_link.requested': tried(({ detail }) =>
    detail.purpose === 'invitation'
      ? 'You were invited to set a password.'
      : 'A link to set a new password was asked for.',
  ),
  'password_link.issued': quiet(() => 'A one-time link to set a password was made.'),
  'consent.granted': own(({ app }) => `You allowed ${app} to use your account.`),
  'consent.denied': own(({ app }) => `You did not allow ${app} to use your account.`),
  'consent.withdrawn': own(({ app }) => `You took back what ${app} was allowed.`),
  'device.approved': own(({ app }) => `You connected a device to ${app} by its code.`),
  'session.renewed': own(() => 'You signed in again in a browser where you were signed in.'),
  'session.extended': own(() => 'You stayed signed in.'),
  'session.ended': quiet(({ detail }) => describeEnd({ ...readEnd(detail), at: 0 })),
  'code.exchanged': quiet(({ app }) => `${capital(app)} got access to your account.`),
  'lease.granted': quiet(
    ({ app, detail }) =>
      `${capital(app)} may work on without you for ${describeDuration(seconds(detail.duration))}.`,
  ),
  'code.refused': quiet(
    ({ app }) => `${capital(app)} was refused access: its sign-in was used twice or over.`,
  ),
  'access_token.revoked': quiet(({ app }) => `${capital(app)} gave back its access.`),
  'family.ended': quiet(({ app, detail }) => describeAccessEnd(app, readEnd(detail))),
  'rate_limit.exceeded': quiet(() => 'Too many tries: whoever tried was asked to wait.'),
  'account.created': quiet(() => 'Your account was created.'),
  'account.updated': quiet(
    () => 'The name, e-mail address or password of your account was changed by an operator.',
  ),
  'account.roles_changed': quiet(() => 'What you may do was changed by an operator.'),
  'account.disabled': quiet(() => 'Your account was disabled.'),
  'account.enabled': quiet(() => 'Your account was enabled again.'),
  'account.unlocked': quiet(() => 'The wrong passwords that were tried for your account were forgotten.'),
  'account.recovered': quiet(
    () => 'An operator of the machine made a link to your account, in place of password and second factors.',
  ),
  'account.factors_removed': quiet(
    () => 'An operator removed your second factors. Set one up anew if you did not ask for it.',
  ),
};

/** Every other event, and why it is not told: a test holds the two lists against the catalogue. */
export const untoldEvents: Readonly<Record<string, string>> = {
  ...group('refreshes are left out; what they end is told', [
    'refresh.granted',
    'refresh.retried',
    'refresh.downscoped',
    'refresh.refused',
    'refresh.reuse_detected',
  ]),
  ...group('told as the sign-in that it begins with', ['session.started']),
  ...group('of no account, or of one that nobody can sign in to', [
    'device.aborted',
    'client_credentials.granted',
    'account.deleted',
    'account.erased',
    'configuration.applied',
    'client.disabled',
    'client.enabled',
    'client.secret_rotated',
    'database.restored',
    'control.failed',
    'notice.undeliverable',
    'notice.replayed',
    'signing_key.created',
    'signing_key.activated',
    'signing_key.removed',
    'secrets.reencrypted',
    'trail.month_dropped',
    'trail.cut',
    'demo.history_written',
  ]),
  ...group('of those who receive events, not of the account', [
    'stream.created',
    'stream.updated',
    'stream.status_changed',
    'stream.deleted',
    'stream.subject_added',
    'stream.subject_removed',
    'stream.events_dropped',
  ]),
};

function group(why: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, why]));
}

const isBy = (amr: unknown, method: string): boolean => Array.isArray(amr) && amr.includes(method);
const seconds = (value: unknown): number => (typeof value === 'number' ? value : 0);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const nameFactor = ({ method }: Told['detail']): string =>
  method === 'passkey' ? 'A passkey' : 'An authenticator';

function describeFailedFactor({ method, reason }: Told['detail']): string {
  if (method === 'passkey') return 'A passkey was refused.';
  if (reason === 'blocked') return 'A code was not checked: too many had been wrong.';
  if (method === 'recovery_code') return 'A wrong recovery code was tried.';
  return reason === 'used' ? 'A code was tried that had been used already.' : 'A wrong code was tried.';
}

function readEnd({ reason, limit }: Told['detail']): { reason: EndReason; limit?: number } {
  const known = typeof reason === 'string' && Object.hasOwn(endReasons, reason);
  return {
    reason: known ? (reason as EndReason) : 'session_ended',
    ...(typeof limit === 'number' ? { limit } : {}),
  };
}

function describeAccessEnd(
  app: string,
  { reason, limit = 0 }: { reason: EndReason; limit?: number },
): string {
  const ended = `The access of ${app} ended`;
  switch (reason) {
    case 'idle_timeout':
      return `${ended} after ${describeDuration(limit)} without activity.`;
    case 'absolute_timeout':
      return `${ended}: it lasts ${describeDuration(limit)} at most.`;
    case 'lease_over':
      return `${ended} with the time that you had allowed it.`;
    case 'reuse_detected':
    case 'code_reused':
      return `${ended}: a copy of it may have been used.`;
    case 'revoked':
      return `${ended}: the app gave it back.`;
    case 'consent_withdrawn':
      return `${ended}: you took back what it was allowed.`;
    case 'credential_changed':
      return `${ended}: a password or factor of your account was changed.`;
    case 'ended_by_operator':
    case 'client_disabled':
    case 'account_disabled':
      return `${ended}: an operator ended it.`;
    default:
      return `${ended} with your sign-in.`;
  }
}
