import { randomUUID } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import type { Origin } from '../domain/origin.ts';

/** As many characters of `User-Agent` as are kept. */
const longestUserAgent = 512;

/** Proxies in front: how many hops, or their networks (CIDR). undefined: none. */
export type TrustedProxies = number | readonly string[] | undefined;

export interface RequestOriginOptions {
  issuer: string;
  trustedProxies: TrustedProxies;
  log: Logger;
}

/**
 * First in line: a request id, the caller's address as far as the proxies are trusted, one log line.
 * The host and scheme that the request names are replaced by the issuer's: no URL of ours ever comes
 * from a header.
 */
export function requestOrigin({ issuer, trustedProxies, log }: RequestOriginOptions): Middleware {
  const { host, protocol } = new URL(issuer);
  const trusts = trustRule(trustedProxies);
  return async (ctx, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const { headers, socket } = ctx.req;
    const address = callerAddress(socket.remoteAddress ?? '', ctx.get('X-Forwarded-For'), trusts);
    headers.host = host;
    headers['x-forwarded-host'] = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    headers['x-forwarded-for'] = address;
    dropHost(ctx);
    const userAgent = ctx.get('User-Agent').slice(0, longestUserAgent) || undefined;
    ctx.state.origin = { requestId, address, userAgent } satisfies Origin;
    ctx.set('X-Request-Id', requestId);
    try {
      await next();
    } finally {
      const ms = Math.round(performance.now() - startedAt);
      log.info(
        { requestId, method: ctx.method, path: safePath(ctx.path), status: ctx.status, ms },
        'request',
      );
    }
  };
}

/** A request may name its host in its first line, too (RFC 9112 §3.2.2): only path and query stay. */
function dropHost(ctx: Context): void {
  const named = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(ctx.url)?.[0];
  if (named === undefined) return;
  const rest = ctx.url.slice(named.length);
  ctx.url = rest.startsWith('/') ? rest : `/${rest}`;
  ctx.originalUrl = ctx.url;
  ctx.request.originalUrl = ctx.url;
}

type TrustRule = (address: string, hop: number) => boolean;

/** Whether the proxy at `address`, `hop` steps from us (0 is the peer), may say for whom it asks. */
function trustRule(proxies: TrustedProxies): TrustRule {
  if (proxies === undefined) return () => false;
  if (typeof proxies === 'number') return (_, hop) => hop < proxies;
  const list = new BlockList();
  for (const network of proxies) {
    const [base = '', prefix] = network.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(base, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  return (address) => list.check(plainAddress(address), isIP(plainAddress(address)) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Walk from the peer outwards while each hop is trusted; the first that is not is the caller. What is no
 * address ends the walk: whoever wrote it could have written anything beyond it.
 */
function callerAddress(peer: string, forwardedFor: string, trusts: TrustRule): string {
  const hops = forwardedFor.split(',').map((part) => plainAddress(part.trim()));
  let address = plainAddress(peer);
  for (const [index, hop] of hops.toReversed().entries()) {
    if (isIP(hop) === 0 || !trusts(address, index)) break;
    address = hop;
  }
  return address;
}

/** IPv4 addresses as a dual-stack socket shows them, without the prefix. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Paths may carry identifiers of an interaction: they are cut from the log. */
function safePath(path: string): string {
  return path.replace(/^\/(interaction|auth|device)\/[^/]+/, '/$1/:uid').slice(0, 200);
}
