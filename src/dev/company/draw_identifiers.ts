import type { SeededRandom } from '../seeded_random.ts';

/** A version 4 UUID that comes again with the seed: names, not secrets. */
export function drawUuid(random: SeededRandom): string {
  const [a, b, c, d] = [0, 0, 0, 0].map(() =>
    random
      .integer(0, 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  );
  const text = `${a}${b}${c}${d}`;
  const variant = '89ab'[Number.parseInt(text.charAt(16), 16) % 4];
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** As the protocol library makes them. */
export function drawSessionId(random: SeededRandom): string {
  return Array.from({ length: 21 }, () => letters[random.integer(0, letters.length)]).join('');
}
