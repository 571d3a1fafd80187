import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseDuration } from '../domain/durations.ts';
import { isLoopbackHost } from './issuer.ts';
import type { Command, Reading } from './reading.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const leastSecretBytes = 32;
const mostHops = 32;

export function readWholeNumber(least: number, most: number): (text: string) => Reading<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    return value >= least && value <= most
      ? { value }
      : { fault: `must be a whole number from ${least} to ${most}` };
  };
}

/** Seconds of a duration such as `90s` or `5m`, from `least` to `most`. */
export function readDurationBetween(least: string, most: string): (text: string) => Reading<number> {
  return (text) => {
    const value = parseDuration(text) ?? -1;
    return value >= (parseDuration(least) ?? 0) && value <= (parseDuration(most) ?? 0)
      ? { value }
      : { fault: `must be a duration from ${least} to ${most}, such as 90s or 5m` };
  };
}

export const readPort = readWholeNumber(1, 65_535);

export function readHost(text: string, command: Command): Reading<string> {
  const address = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
  if (isIP(address) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(address)) {
    return { fault: 'must be an IP address or a host name' };
  }
  if (command === 'dev' && address !== '::1' && !isLoopbackHost(address)) {
    return { fault: 'must be localhost, 127.0.0.0/8 or ::1: `curfew dev` serves nobody else' };
  }
  return { value: address };
}

/** Parsed only to see that it is one: the driver gets the text. */
export function readDatabaseUrl(text: string): Reading<string> {
  const isDatabaseUrl = /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '');
  return isDatabaseUrl && !text.includes('#')
    ? { value: text }
    : {
        fault:
          'must be a URL such as postgres://user:password@host:5432/database, with # : / ? @ in names or password percent-encoded',
      };
}

/** Parsed only to see that it is one: the driver gets the text. */
export function readSmtpUrl(text: string): Reading<string> {
  const url = URL.parse(text);
  return url && /^smtps?:$/.test(url.protocol) && url.hostname && !/[#?]/.test(text)
    ? { value: text }
    : {
        fault:
          'must be a URL such as smtps://user:password@host, with # : / ? @ in names or password percent-encoded',
      };
}

export function readMailFrom(text: string): Reading<string> {
  const address = /^[^<>"\\,;]* <([^<>]+)>$/.exec(text)?.[1] ?? text;
  return /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(address)
    ? { value: text }
    : { fault: 'must be an e-mail address, or a name and an address as in Example <login@example.com>' };
}

export function readSwitch(text: string): Reading<boolean> {
  if (text === 'on' || text === 'true') return { value: true };
  if (text === 'off' || text === 'false') return { value: false };
  return { fault: 'must be on or off' };
}

export function readPath(text: string): Reading<string> {
  return { value: resolve(text) };
}

/** Base64 or base64url, padded or not; the first seals, all open. */
export function readSecrets(text: string): Reading<readonly Buffer[]> {
  const parts = text.split(',').map((part) => part.trim());
  const secrets = parts.filter(isBase64).map((part) => Buffer.from(part, 'base64'));
  if (secrets.length < parts.length) return { fault: 'must be base64, several separated by commas' };
  if (secrets.some((secret) => secret.length < leastSecretBytes)) {
    return { fault: `must hold at least ${leastSecretBytes} random bytes each: openssl rand -base64 32` };
  }
  return { value: secrets };
}

function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}$/, '');
  if (!/^([A-Za-z0-9+/]+|[A-Za-z0-9_-]+)$/.test(digits) || digits.length % 4 === 1) return false;
  return digits.length === text.length || text.length % 4 === 0;
}

/** How many proxies stand in front, or which addresses they have. */
export function readTrustProxy(text: string): Reading<number | readonly string[]> {
  if (/^\d+$/.test(text)) return readWholeNumber(0, mostHops)(text);
  const ranges = text.split(',').map((range) => range.trim());
  return ranges.every(isAddressRange)
    ? { value: ranges }
    : { fault: 'must be a number of proxies, or their addresses such as 10.0.0.0/8, ::1' };
}

function isAddressRange(text: string): boolean {
  const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(match?.[1] ?? '')] ?? -1;
  return bits > 0 && Number(match?.[2] ?? bits) <= bits;
}

export function readLogLevel(text: string): Reading<LogLevel> {
  const value = logLevels.find((level) => level === text);
  return value ? { value } : { fault: `must be one of ${logLevels.join(', ')}` };
}
