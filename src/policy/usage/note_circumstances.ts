import type { Instant } from '../../domain/instants.ts';
import { secondsBetween } from './usage_person.ts';
import type { CountUsage, UsagePerson, UsageSpan, UsageStep } from './usage_person.ts';

/** A second factor so long before an end, or after it, was in the way of it; in seconds. */
const factorBefore = 120;
const factorAfter = 300;
/** So long after an end the app that asks went on without its user, in seconds. */
const askedAfter = 900;
const fewestRegular = 4;

/** Whether the last refreshes came like clockwork. */
export const isRegular = ({ regularCount = 0 }: Pick<UsageSpan, 'regularCount'>): boolean =>
  regularCount >= fewestRegular;

/** What the end of a limit befell beside its user. */
export function noteCircumstances(
  person: UsagePerson,
  span: UsageSpan,
  reason: unknown,
  count: CountUsage,
): void {
  const { end: ended, refreshedAt, activeAt, interval = 0 } = span;
  if (!ended) return;
  const { at } = ended;
  const isRefreshed = refreshedAt !== undefined && secondsBetween(refreshedAt, at) <= interval * 1.5;
  if (isRefreshed && refreshedAt > activeAt) noteBackground(span, refreshedAt, count);
  if (
    person.factorAt !== undefined &&
    person.factorAt <= at &&
    secondsBetween(person.factorAt, at) <= factorBefore
  )
    noteStepUp(span, count);
  const runsByItself = span.of === 'family' && span.session === undefined;
  if (runsByItself && (reason === 'lease_over' || (isRefreshed && isRegular(span)))) {
    count(ended.group, at, 'workflow', secondsBetween(span.startedAt, at));
  }
}

function noteBackground(span: UsageSpan, until: Instant, count: CountUsage): void {
  if (!span.end || span.end.sawBackground) return;
  span.end.sawBackground = true;
  count(span.end.group, span.end.at, 'background', secondsBetween(span.activeAt, until));
}

function noteStepUp(span: UsageSpan, count: CountUsage): void {
  if (!span.end || span.end.sawFactor) return;
  span.end.sawFactor = true;
  count(span.end.group, span.end.at, 'step_up', secondsBetween(span.activeAt, span.end.at));
}

/** The app asked in vain, and its user had not signed in again. */
export function noteRefused(span: UsageSpan | undefined, { at }: UsageStep, count: CountUsage): void {
  const isSoon =
    span?.end && !span.end.signedIn && at >= span.end.at && secondsBetween(span.end.at, at) <= askedAfter;
  if (isSoon) noteBackground(span, at, count);
}

/** A second factor was asked for and answered. */
export function noteFactor(person: UsagePerson, at: Instant, count: CountUsage): void {
  person.factorAt = at;
  for (const span of Object.values(person.spans)) {
    const isSoon = span.end && at >= span.end.at && secondsBetween(span.end.at, at) <= factorAfter;
    if (isSoon && !span.end?.signedIn) noteStepUp(span, count);
  }
}

/** Somebody is back: for this client, or for another one. */
export function noteSignIn(person: UsagePerson, { at, clientId = '' }: UsageStep, count: CountUsage): void {
  for (const [key, span] of Object.entries(person.spans)) {
    const { end: ended } = span;
    if (!ended || at < ended.at) continue;
    ended.signedIn = true;
    if (!span.clients.includes(clientId)) continue;
    count(ended.group, ended.at, 'back', secondsBetween(ended.at, at));
    if (ended.isIdle) count(ended.idleGroup, ended.at, 'return', secondsBetween(span.activeAt, at));
    delete person.spans[key];
  }
}
