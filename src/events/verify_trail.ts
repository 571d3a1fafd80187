import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Seal } from '../store/audit_seals.ts';
import { inspectUnsealed, listSeals, readHead, readTrail } from '../store/audit_verification.ts';
import type { Database, Queryable } from '../store/database.ts';
import { createBeginnings } from './beginnings.ts';
import { loadSealKeys } from './seal_keys.ts';
import { computeSealMac, digestContent } from './trail_digests.ts';
import type { SealKey } from './trail_digests.ts';
import { findHeadFault, noMac } from './trail_head.ts';
import { nameCheckpoint, nameEvent, nameMissing, showMoment } from './trail_names.ts';
import { readRemovals } from './trail_removals.ts';
import { verifyEvents } from './verify_events.ts';

export interface TrailReport {
  seals: number;
  /** When the first seal was made: what is older was there before, unproved. */
  since: string | undefined;
  /** Sealed events that still stand; dropped ones are not among them. */
  events: number;
  dropped: number;
  /** Events that wait for the next sealing, and the age of the oldest. */
  unsealed: { count: number; oldestSeconds: number };
  /** To keep elsewhere: a later verification proves that this seal still stands. */
  checkpoint: string | undefined;
  /** What is not as it was sealed, each in a sentence that says where; at most `mostFaults`. */
  faults: string[];
}

/** More faults than these tell nobody more. */
const mostFaults = 100;
/** Seals read at once. */
const pageOfSeals = 20;

/**
 * Compare the trail with its seals, and these with their chain and its head, all at one moment.
 * `checkpoint` is one that an earlier verification gave.
 */
export async function verifyTrail(
  database: Database,
  secrets: SecretsAtRest,
  { checkpoint }: { checkpoint?: string | undefined } = {},
): Promise<TrailReport> {
  return await readTrail(database, async (tx) => {
    const keys = await loadSealKeys(tx, secrets);
    const { last, found, ...chain } = await verifyChain(tx, keys, checkpoint);
    const { added, ...unsealed } = await inspectUnsealed(tx, mostFaults);
    const faults = [...chain.faults];
    if (faults.length < mostFaults) {
      faults.push(...(await verifyHead(tx, keys, last?.sealNumber ?? 0)));
      if (checkpoint !== undefined && !found) {
        faults.push(`The checkpoint ${checkpoint} is not in the trail: its end was cut or replaced.`);
      }
      for (const event of added) {
        faults.push(`${nameEvent(event)} is in no seal, though its time is sealed: it was added afterwards.`);
      }
    }
    return {
      ...chain,
      unsealed,
      checkpoint: last && nameCheckpoint(last.sealNumber, last.mac),
      faults: faults.slice(0, mostFaults),
    };
  });
}

interface Chain extends Pick<TrailReport, 'seals' | 'since' | 'events' | 'dropped' | 'faults'> {
  last: Seal | undefined;
  found: boolean;
}

/** Walk the seals, each with its events, until there is enough to complain about. */
async function verifyChain(tx: Queryable, keys: readonly SealKey[], checkpoint?: string): Promise<Chain> {
  const removals = await readRemovals(tx);
  const chain: Chain = {
    seals: 0,
    since: undefined,
    events: 0,
    dropped: 0,
    faults: [...removals.faults],
    last: undefined,
    found: false,
  };
  const beginnings = createBeginnings();
  let links: readonly Buffer[] = [noMac];
  for await (const seal of walkSeals(tx)) {
    const expected = (chain.last?.sealNumber ?? 0) + 1;
    if (seal.sealNumber > expected) {
      chain.faults.push(nameMissing(expected, seal.sealNumber - 1));
      links = [];
    }
    links = verifySeal(seal, links, keys, chain.faults);
    chain.faults.push(...(await verifyEvents(tx, seal, removals, beginnings)));
    beginnings.add(seal);
    chain.seals += 1;
    if (seal.eventIds) chain.events += seal.eventCount;
    else chain.dropped += seal.eventCount;
    chain.since ??= showMoment(seal.sealedAt);
    chain.last = seal;
    chain.found ||= nameCheckpoint(seal.sealNumber, seal.mac) === checkpoint;
    if (chain.faults.length >= mostFaults) break;
  }
  return chain;
}

async function verifyHead(tx: Queryable, keys: readonly SealKey[], last: number): Promise<string[]> {
  const state = await readHead(tx);
  const named = state?.head.sealNumber ?? 0;
  if (named > last) return [nameMissing(last + 1, named)];
  const fault = findHeadFault(state, keys);
  if (fault) return [fault.charAt(0).toUpperCase() + fault.slice(1)];
  return named < last ? [`Seal ${last} is beyond the head of the trail, which names ${named}.`] : [];
}

async function* walkSeals(tx: Queryable): AsyncGenerator<Seal> {
  let page: Seal[];
  let after = 0;
  do {
    page = await listSeals(tx, after, pageOfSeals);
    yield* page;
    after = page.at(-1)?.sealNumber ?? after;
  } while (page.length > 0);
}

/** Checks one seal against its predecessor's code, and returns what its successor's may rest on. */
function verifySeal(
  seal: Seal,
  links: readonly Buffer[],
  keys: readonly SealKey[],
  faults: string[],
): Buffer[] {
  const name = `Seal ${seal.sealNumber}`;
  if (seal.eventIds && !digestContent(seal).equals(seal.contentDigest)) {
    faults.push(`${name}: its list of events was altered.`);
  }
  const key = keys.find(({ id }) => id === seal.keyId);
  if (!key) {
    faults.push(`${name}: no CURFEW_SECRET is the one that it was made with.`);
    return [seal.mac];
  }
  const computed = links.map((previous) => computeSealMac(key.key, seal, previous));
  if (links.length > 0 && !computed.some((mac) => mac.equals(seal.mac))) faults.push(`${name} was altered.`);
  return [seal.mac, ...computed];
}
