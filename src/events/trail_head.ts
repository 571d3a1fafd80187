import type { Head } from '../store/audit_seals.ts';
import { computeHeadMac } from './trail_digests.ts';
import type { SealKey } from './trail_digests.ts';

/** In the place of a code before the first seal. */
export const noMac = Buffer.alloc(0);

/** Why the head is not one that a key of ours made, as a sentence; undefined where it is. */
export function findHeadFault(
  state: { head: Head; lastMac: Buffer | null } | undefined,
  keys: readonly SealKey[],
): string | undefined {
  if (!state) return 'the head of the trail was removed.';
  const { head, lastMac } = state;
  const { sealNumber, keyId } = head;
  if (sealNumber === 0 && keyId === '' && head.mac.length === 0) return undefined;
  const key = keys.find(({ id }) => id === keyId);
  if (!key) return 'no CURFEW_SECRET is the one that the head of the trail was made with.';
  if (sealNumber > 0 && !lastMac)
    return `seal ${sealNumber}, which the head of the trail names, was removed.`;
  return computeHeadMac(key.key, head, lastMac ?? noMac).equals(head.mac)
    ? undefined
    : `the head of the trail, or seal ${sealNumber}, was altered.`;
}
