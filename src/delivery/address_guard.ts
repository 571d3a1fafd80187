import { lookup, Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface AddressRules {
  /** Networks (CIDR) that may be reached although they are no public ones. */
  allowedNetworks: readonly string[];
  /** Development: this machine itself may be reached. */
  allowsLoopback: boolean;
}

/** The IPv6 addresses that are given out to the public (RFC 4291 §2.4). */
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** true when notices may be sent to this IP address: a public one, or one the operator allows. */
export function isAllowedAddress(
  address: string,
  { allowedNetworks, allowsLoopback }: AddressRules,
): boolean {
  if (isIP(address) === 0) return false;
  // IPv4 in IPv6 clothes is judged as IPv4.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  const isPublic = range === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast));
  if (isPublic || (range === 'loopback' && allowsLoopback)) return true;
  return allowedNetworks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match([base, bits]);
  });
}

/** Name resolution that answers only with allowed addresses: what is connected to is what was checked. */
export function guardedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolveHost(hostname).then(
      (addresses) => {
        const family = options.family === 4 || options.family === 6 ? options.family : undefined;
        const allowed = addresses.filter(
          (found) =>
            (family === undefined || found.family === family) && isAllowedAddress(found.address, rules),
        );
        const [first] = allowed;
        if (!first) callback(new AddressRefused(hostname), '', 4);
        else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 4),
    );
  };
}

/** Milliseconds for one question to a name server, of which there are two. */
const longestQuestion = 1000;

/**
 * Ask the name servers, and not `getaddrinfo` first: a few names whose servers are silent would hold up
 * every other look-up of this process, those of the database among them. Names that only this machine
 * knows are asked there.
 */
async function resolveHost(hostname: string): Promise<LookupAddress[]> {
  const resolver = new Resolver({ timeout: longestQuestion, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses.map((address) => ({ address, family: isIP(address) }));
  const silence = answers.find(
    (answer) => answer.status === 'rejected' && codeOf(answer.reason) === 'ETIMEOUT',
  );
  if (silence?.status === 'rejected') throw silence.reason;
  return await lookup(hostname, { all: true });
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** The host has no address that may be reached. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} has no address that may be reached`);
    this.name = 'AddressRefused';
  }
}
