/** A seal by its number and code. */
export const nameCheckpoint = (sealNumber: number, mac: Buffer): string =>
  `${sealNumber}:${mac.toString('hex')}`;

/** Seals by their numbers, both included. */
export function nameMissing(first: number, last: number): string {
  return first === last ? `Seal ${first} was removed.` : `Seals ${first} to ${last} were removed.`;
}

export function nameEvent({
  eventId,
  name,
  occurredAt,
}: {
  eventId: string;
  name: string;
  occurredAt: string;
}): string {
  return `Event ${eventId} (${name}, ${showMoment(Number(occurredAt))})`;
}

/** Microseconds since the epoch, for people. */
export function showMoment(micros: number): string {
  const at = new Date(Math.floor(micros / 1000));
  return Number.isNaN(at.getTime()) ? 'at no moment' : at.toISOString();
}
