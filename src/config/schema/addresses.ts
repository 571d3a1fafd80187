import { z } from 'zod';
import { isLoopback } from '../../domain/loopback.ts';

const secure = 'https, or http on localhost, 127.0.0.1 or [::1]';

/** What an address is, once it has been read without leniency; undefined where it cannot be. */
function parseAddress(text: string): URL | undefined {
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.parse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && !url.hostname.includes('*');
  return isPlain ? url : undefined;
}

function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** Reverse-domain schemes alone (RFC 8252 §7.1): `com.example.app:/callback`. */
export const isPrivateUse = (url: URL): boolean => url.protocol.includes('.');

function addressSchema(isRight: (url: URL, text: string) => boolean, error: string) {
  const check = (text: string) => {
    const url = parseAddress(text);
    return url !== undefined && isRight(url, text);
  };
  return z.string().max(2000).refine(check, { error }).meta({ 'x-type': 'URL' });
}

const withoutFragment = (text: string) => !text.includes('#');

/** A page that people are sent to, or a picture. */
export const pageSchema = addressSchema(isSecure, `must be a URL with ${secure}`);

/** An address that this server calls. */
export const endpointSchema = addressSchema(
  (url, text) => isSecure(url) && withoutFragment(text),
  `must be a URL with ${secure}, and no fragment or user name`,
);

export const httpsSchema = addressSchema((url) => url.protocol === 'https:', 'must be an https URL');

/** Compared character by character (RFC 9700 §2.1), so no wildcard. */
export const redirectSchema = addressSchema(
  (url, text) => (isSecure(url) || isPrivateUse(url)) && withoutFragment(text),
  `must be a URL with ${secure}, or a private-use scheme with a dot in it; no fragment, user name or wildcard`,
);

export const originSchema = addressSchema(
  (url, text) => isSecure(url) && url.origin === text,
  `must be an origin as browsers write it, with ${secure}: no path and no trailing slash`,
);

/** RFC 8707 §2. */
export const resourceSchema = addressSchema(
  (_, text) => withoutFragment(text),
  'must be an absolute URI without a fragment',
);
