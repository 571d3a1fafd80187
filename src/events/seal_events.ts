import { setImmediate } from 'node:timers/promises';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { Problem } from '../domain/problems.ts';
import {
  ensureAuditSubjects,
  insertSeal,
  listUnsealed,
  lookForUnsealed,
  readSealingState,
  sealAlone,
  writeHead,
} from '../store/audit_seals.ts';
import type { Head, Present, SealingState, TrailEvent } from '../store/audit_seals.ts';
import type { Database, Queryable } from '../store/database.ts';
import { recordEvent } from './record_event.ts';
import { loadSealKeys } from './seal_keys.ts';
import { findHeadFault, noMac } from './trail_head.ts';
import {
  commitToPersonal,
  computeHeadMac,
  computeSealMac,
  deriveSealKeys,
  digestContent,
  digestEvent,
  readErased,
} from './trail_digests.ts';
import type { SealKey } from './trail_digests.ts';

/** The most events of one seal. */
const largestSeal = 500;

/**
 * Chains committed events: each call seals all that committed since the last one, by any instance, and
 * returns how many. What a transaction still open has written is left for the call after its commit. It
 * goes on only from a head that a key of its own proves: sealing on would cover a forgery up. Throws
 * Problem `trail_altered` where there is none.
 */
export function createSealer(database: Database, secrets: SecretsAtRest): () => Promise<number> {
  const keys = deriveSealKeys(secrets);
  let highestSeen = 0;

  return async function sealEvents(): Promise<number> {
    const present = await lookForUnsealed(database);
    if (!present) return 0;
    const sealed = await sealAlone(database, async (tx) => {
      const state = await readSealingState(tx, present);
      const known = keys.some(({ id }) => id === state?.head.keyId);
      const fault = findHeadFault(state, known ? keys : await loadSealKeys(tx, secrets));
      if (!state || fault) throw new Problem('trail_altered', `Nothing is sealed: ${fault}`);
      const found = state.head.sealNumber;
      if (found < highestSeen) await recordEvent(tx, 'trail.cut', {}, {}, { seen: highestSeen, found });
      return await sealFrom(tx, state, keys, present);
    });
    if (!sealed) return 0;
    highestSeen = sealed.sealNumber;
    return sealed.events;
  };
}

async function sealFrom(
  tx: Queryable,
  state: SealingState,
  keys: readonly SealKey[],
  present: Present,
): Promise<{ sealNumber: number; events: number }> {
  const [key] = keys;
  if (!key) throw new Error('No key was derived.');
  let { sealNumber } = state.head;
  let mac = state.lastMac ?? noMac;
  let events = 0;
  let page: TrailEvent[];
  let after: string | undefined = state.after;
  do {
    page = await listUnsealed(tx, state, after, largestSeal);
    await giveSubjects(tx, page);
    for (const group of groupByMonth(page)) {
      sealNumber += 1;
      mac = await sealGroup(tx, group, { sealNumber, present, key, previousMac: mac });
    }
    events += page.length;
    after = page.at(-1)?.eventId;
  } while (after !== undefined && page.length === largestSeal);

  if (events > 0 || state.countedAnew) {
    const head: Omit<Head, 'mac'> = { sealNumber, snapshot: state.snapshot, keyId: key.id };
    await writeHead(tx, { ...head, mac: computeHeadMac(key.key, head, mac) });
  }
  return { sealNumber, events };
}

/** An account is met for the first time: make what stands for it. */
async function giveSubjects(tx: Queryable, events: readonly TrailEvent[]): Promise<void> {
  const without = events.filter((event) => {
    return event.accountId !== null && event.pseudonym === null && readErased(event) === undefined;
  });
  if (without.length === 0) return;
  const subjects = await ensureAuditSubjects(
    tx,
    without.map(({ accountId }) => accountId ?? ''),
  );
  for (const event of without) {
    const subject = subjects.get(event.accountId ?? '');
    if (subject) Object.assign(event, { pseudonym: subject.pseudonym, subjectKey: subject.key });
  }
}

/** A seal covers one month, so that months can be dropped whole. */
function groupByMonth(events: readonly TrailEvent[]): TrailEvent[][] {
  const groups = new Map<string, TrailEvent[]>();
  for (const event of events) {
    const group = groups.get(event.month);
    if (group) group.push(event);
    else groups.set(event.month, [event]);
  }
  return [...groups.values()];
}

async function sealGroup(
  tx: Queryable,
  events: readonly TrailEvent[],
  link: { sealNumber: number; present: Present; key: SealKey; previousMac: Buffer },
): Promise<Buffer> {
  const lists = { eventIds: events.map(({ eventId }) => eventId), ...(await digestEvents(events)) };
  const seal = {
    sealNumber: link.sealNumber,
    month: events[0]?.month ?? '',
    eventCount: events.length,
    contentDigest: digestContent(lists),
    ...lists,
    ...link.present,
    keyId: link.key.id,
  };
  const mac = computeSealMac(link.key.key, seal, link.previousMac);
  await insertSeal(tx, { ...seal, mac });
  return mac;
}

/** So many digests take about a millisecond, after which requests have their turn. */
const digestsAtOnce = 25;

async function digestEvents(
  events: readonly TrailEvent[],
): Promise<{ digests: Buffer[]; commitments: (Buffer | null)[] }> {
  const digests: Buffer[] = [];
  const commitments: (Buffer | null)[] = [];
  for (const event of events) {
    if (digests.length % digestsAtOnce === digestsAtOnce - 1) await setImmediate();
    const commitment = commitToPersonal(event);
    commitments.push(commitment);
    digests.push(digestEvent(event, commitment));
  }
  return { digests, commitments };
}
