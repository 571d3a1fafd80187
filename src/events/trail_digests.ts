import { createHash, createHmac } from 'node:crypto';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Head, Seal, TrailEvent } from '../store/audit_seals.ts';

export interface SealKey {
  id: string;
  key: Buffer;
}

/** One key from each secret, newest first: the first seals, all verify. */
export function deriveSealKeys(secrets: SecretsAtRest): SealKey[] {
  return secrets.deriveKeys('audit-seals').map((key) => ({
    id: createHmac('sha256', key).update('key id').digest('base64url').slice(0, 8),
    key,
  }));
}

const erasedPrefix = 'erased:';

/** The pseudonym in the place of an erased account; undefined where nothing was erased. */
export function readErased({ accountId }: { accountId: string | null }): string | undefined {
  return accountId?.startsWith(erasedPrefix) ? accountId.slice(erasedPrefix.length) : undefined;
}

const listPersonal = (event: TrailEvent) => [
  event.accountId,
  event.sessionId,
  event.familyId,
  event.requestId,
  event.address,
];

/** true when an erased event still says something personal. */
export function hasPersonalRest(event: TrailEvent): boolean {
  return listPersonal(event)
    .slice(1)
    .some((value) => value !== null);
}

/** What a seal says of personal data: nothing without the account's key. null where they belong to no account. */
export function commitToPersonal(event: TrailEvent): Buffer | null {
  if (!event.subjectKey) return null;
  return createHmac('sha256', event.subjectKey)
    .update(JSON.stringify(listPersonal(event)))
    .digest();
}

/** The digest of an event: computable with its personal data and, once they are erased, without. */
export function digestEvent(event: TrailEvent, commitment: Buffer | null): Buffer {
  const { eventId, occurredAt, name, clientId, detail, xact } = event;
  const subject = readErased(event) ?? event.pseudonym;
  const open = subject === null ? listPersonal(event) : [subject, toHex(commitment)];
  return sha256(['event', eventId, occurredAt, name, clientId, detail, xact, open]);
}

export function digestContent({
  eventIds,
  digests,
  commitments,
}: Pick<Seal, 'eventIds' | 'digests' | 'commitments'>): Buffer {
  return sha256(['content', eventIds, digests?.map(toHex), commitments?.map(toHex)]);
}

export function computeSealMac(key: Buffer, seal: Omit<Seal, 'mac'>, previousMac: Buffer): Buffer {
  const { sealNumber, month, eventCount, contentDigest, sealedAt, idsFrom, began, keyId } = seal;
  const covered = [sealNumber, month, eventCount, toHex(contentDigest), sealedAt, idsFrom, began, keyId];
  return hmac(key, ['seal', toHex(previousMac), covered]);
}

/** `lastMac` is that of the seal that the head names. */
export function computeHeadMac(key: Buffer, head: Omit<Head, 'mac'>, lastMac: Buffer): Buffer {
  return hmac(key, ['head', head.sealNumber, head.snapshot, head.keyId, toHex(lastMac)]);
}

const toHex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null;
const sha256 = (parts: unknown[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();
const hmac = (key: Buffer, parts: unknown[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest();
