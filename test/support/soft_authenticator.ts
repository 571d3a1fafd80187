import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What an answer says otherwise than the request and the page it stands on. */
export interface Twist {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** Whether its user is verified, as well as present. */
  verified?: boolean;
  counter?: number;
  /** The credential to sign with; the last one made, if absent. */
  credentialId?: string;
  userHandle?: string;
  /** Bytes of the id of a new credential; 32, if absent. */
  idLength?: number;
  /** The id that the browser tells of a new credential. */
  toldId?: string;
}

/** An authenticator and the browser before it, without a window: it answers WebAuthn's options, and lies on demand. */
export interface SoftAuthenticator {
  create(request: string, twist?: Twist): string;
  get(request: string, twist?: Twist): string;
  /** Base64url, the oldest first. */
  credentialIds: string[];
  /** A copy that has the same keys and counts. */
  copy(): SoftAuthenticator;
}

interface Credential {
  id: string;
  key: KeyObject;
  userHandle: string;
}

interface Request {
  challenge: string;
  rp?: { id: string };
  rpId?: string;
  user?: { id: string };
  allowCredentials?: { id: string }[];
}

/** `synced`: its keys are said to be on other devices, too. */
export function createSoftAuthenticator(
  pageOrigin: string,
  { synced = false }: { synced?: boolean } = {},
  credentials: Credential[] = [],
  counts = { signatures: 0 },
): SoftAuthenticator {
  function clientData(type: string, challenge: string, origin = pageOrigin): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  function authenticatorData(rpId: string, { verified = true, counter }: Twist, attested?: Buffer): Buffer {
    counts.signatures += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? counts.signatures);
    const flags = 0x01 | (verified ? 0x04 : 0) | (synced ? 0x18 : 0) | (attested ? 0x40 : 0);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }

  return {
    get credentialIds() {
      return credentials.map(({ id }) => id);
    },
    create(text, twist = {}) {
      const request = JSON.parse(text) as Request;
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = randomBytes(twist.idLength ?? 32);
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const key = cborMap([
        [cborInteger(1), cborInteger(2)],
        [cborInteger(3), cborInteger(-7)],
        [cborInteger(-1), cborInteger(1)],
        [cborInteger(-2), cborBytes(Buffer.from(x, 'base64url'))],
        [cborInteger(-3), cborBytes(Buffer.from(y, 'base64url'))],
      ]);
      const attested = Buffer.concat([
        Buffer.alloc(16),
        Buffer.from([id.length >> 8, id.length & 255]),
        id,
        key,
      ]);
      const data = authenticatorData(twist.rpId ?? request.rp?.id ?? '', twist, attested);
      credentials.push({ id: encode(id), key: privateKey, userHandle: request.user?.id ?? '' });
      const attestationObject = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(data)],
      ]);
      const told = clientData('webauthn.create', twist.challenge ?? request.challenge, twist.origin);
      return answer(twist.toldId ?? encode(id), {
        clientDataJSON: encode(told),
        attestationObject: encode(attestationObject),
        transports: ['internal'],
      });
    },
    get(text, twist = {}) {
      const request = JSON.parse(text) as Request;
      const wanted = twist.credentialId ?? credentials.at(-1)?.id;
      const credential = credentials.find(({ id }) => id === wanted);
      if (!credential) throw new Error('There is no such credential.');
      const data = authenticatorData(twist.rpId ?? request.rpId ?? '', twist);
      const told = clientData('webauthn.get', twist.challenge ?? request.challenge, twist.origin);
      const signature = sign('sha256', Buffer.concat([data, sha256(told)]), credential.key);
      return answer(credential.id, {
        clientDataJSON: encode(told),
        authenticatorData: encode(data),
        signature: encode(signature),
        userHandle: twist.userHandle ?? credential.userHandle,
      });
    },
    copy: () => createSoftAuthenticator(pageOrigin, { synced }, [...credentials], { ...counts }),
  };
}

function answer(id: string, response: Record<string, unknown>): string {
  return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
}

const encode = (bytes: Buffer) => bytes.toString('base64url');
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();

/** As much of CBOR (RFC 8949) as WebAuthn needs here. */
function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const cborInteger = (value: number) => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (bytes: Buffer) => Buffer.concat([cborHead(2, bytes.length), bytes]);
const cborText = (text: string) => Buffer.concat([cborHead(3, text.length), Buffer.from(text)]);
const cborMap = (entries: [Buffer, Buffer][]) =>
  Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
