import { isIP } from 'node:net';
import { isLoopback } from '../domain/loopback.ts';
import { isAllowedAddress } from './address_guard.ts';
import type { AddressRules } from './address_guard.ts';

/**
 * Whether a receiver's own words name an address to send to: https, or under development http to this
 * machine; no user, no fragment, no private address. Names are resolved, and checked, at each try.
 */
export function isReceiverUrl(text: string, rules: AddressRules): boolean {
  const url = /^[\x21-\x7e]+$/.test(text) ? URL.parse(text) : null;
  if (!url || url.username !== '' || url.password !== '' || text.includes('#')) return false;
  if (isLoopback(url) && rules.allowsLoopback) return /^https?:$/.test(url.protocol);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return url.protocol === 'https:' && (isIP(host) === 0 || isAllowedAddress(host, rules));
}
