import type { IssuedSecret } from './issued_secrets.ts';

/** Characters by which an encoding is looked up. */
const windowLength = 8;

interface Needle {
  text: string;
  as: string;
}

const needlesOf = new Map<string, Needle[]>();

/** Which of the secrets stand in `text`, as they are or encoded, and as what. */
export function findSecrets(text: string, secrets: readonly IssuedSecret[]): string[] {
  const byStart = new Map<string, (Needle & { kind: string })[]>();
  // Most places are passed by without a look at the map.
  const starts = new Uint8Array(1 << 20);
  for (const { secret, kind } of secrets) {
    for (const needle of listNeedles(secret)) {
      const start = needle.text.slice(0, windowLength);
      const entry = byStart.get(start);
      if (entry) entry.push({ ...needle, kind });
      else byStart.set(start, [{ ...needle, kind }]);
      starts[startOf(start, 0)] = 1;
    }
  }
  const found = new Set<string>();
  for (let at = 0; at + windowLength <= text.length; at += 1) {
    if (starts[startOf(text, at)] !== 1) continue;
    for (const { text: needle, kind, as } of byStart.get(text.slice(at, at + windowLength)) ?? [])
      if (text.startsWith(needle, at)) found.add(`${kind} as ${as}`);
  }
  return [...found];
}

function startOf(text: string, at: number): number {
  const code = (offset: number) => text.charCodeAt(at + offset) & 127;
  return (code(0) | (code(1) << 7) | (code(2) << 14)) & 0xfffff;
}

/** The secret itself, and the bytes that it is made of, in each encoding and wherever they begin in it. */
function listNeedles(secret: string): Needle[] {
  const known = needlesOf.get(secret);
  if (known) return known;
  const texts = new Map<string, string>([[secret, 'itself']]);
  const add = (text: string, as: string) => {
    if (!texts.has(text)) texts.set(text, as);
  };
  for (const [of, bytes] of listBytes(secret)) {
    if (bytes.length < 5) continue;
    const hex = bytes.toString('hex');
    add(hex, `hex of ${of}`);
    add(hex.toUpperCase(), `hex of ${of}`);
    for (let shift = 0; shift < 3; shift += 1) {
      const base64 = encode(bytes, base64Alphabet, 6, shift);
      add(base64, `base64 of ${of}`);
      add(base64.replaceAll('+', '-').replaceAll('/', '_'), `base64url of ${of}`);
    }
    for (let shift = 0; shift < 5; shift += 1)
      add(encode(bytes, base32Alphabet, 5, shift), `base32 of ${of}`);
  }
  const needles = [...texts]
    .map(([text, as]) => ({ text, as }))
    .filter(({ text }) => text.length >= windowLength);
  needlesOf.set(secret, needles);
  return needles;
}

function listBytes(secret: string): [of: string, bytes: Buffer][] {
  const all: [string, Buffer][] = [['itself', Buffer.from(secret)]];
  if (/^[\w-]+$/.test(secret)) all.push(['its bytes', Buffer.from(secret, 'base64url')]);
  if (/^[A-Z2-7]+$/.test(secret)) all.push(['its bytes', decodeBase32(secret)]);
  if (/^(?:[0-9a-f]{2})+$/.test(secret)) all.push(['its bytes', Buffer.from(secret, 'hex')]);
  return all;
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The letters of an encoding that the bytes alone decide, when `shift` bytes stand before them. */
function encode(bytes: Buffer, alphabet: string, bitsPerLetter: number, shift: number): string {
  let text = '';
  let [value, bits] = [0, 0];
  // Bits of the first letter that belong to what stands before.
  let skipped = (bitsPerLetter - ((shift * 8) % bitsPerLetter)) % bitsPerLetter;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    if (skipped > 0) {
      bits -= skipped;
      skipped = 0;
    }
    while (bits >= bitsPerLetter) {
      bits -= bitsPerLetter;
      text += alphabet[(value >> bits) & ((1 << bitsPerLetter) - 1)];
    }
    value &= (1 << bits) - 1;
  }
  return text;
}

function decodeBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) => base32Alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
