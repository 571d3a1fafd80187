import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface AddressRules {
  /** Networks (CIDR) that may be reached although they are no public ones. */
  allowedNetworks: readonly string[];
  /** Development: this machine itself may be reached. */
  allowsLoopback: boolean;
}

/** true when notices may be sent to this IP address: a public one, or one the operator allows. */
export function isAllowedAddress(
  address: string,
  { allowedNetworks, allowsLoopback }: AddressRules,
): boolean {
  if (!ipaddr.isValid(address)) return false;
  // IPv4 in IPv6 clothes is judged as IPv4.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'unicast' || (range === 'loopback' && allowsLoopback)) return true;
  return allowedNetworks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match([base, bits]);
  });
}

/** Name resolution that answers only with allowed addresses: what is connected to is what was checked. */
export function guardedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '', 4);
      const allowed = addresses.filter(({ address }) => isAllowedAddress(address, rules));
      const [first] = allowed;
      if (!first) return callback(new AddressRefused(hostname), '', 4);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** The host has no address that may be reached. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} has no address that may be reached`);
    this.name = 'AddressRefused';
  }
}
