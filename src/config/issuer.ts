import type { Command, Reading } from './reading.ts';

/** `localhost`, 127.0.0.0/8 or `[::1]`, as a URL's `hostname` spells them. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The issuer is an origin, taken byte for byte as it is given: never normalised, never read from a
 * request. `serve` takes https alone, `dev` loopback alone, `tool` whatever one of the two takes.
 */
export function readIssuer(text: string, command: Command): Reading<string> {
  if (!URL.parse(text)) return { fault: 'must be a URL such as https://login.example.com' };
  const { protocol, hostname, origin } = new URL(text);
  const isLoopback = isLoopbackHost(hostname);
  const isHttps = protocol === 'https:';
  if (command === 'serve' && !isHttps) return { fault: 'must be an https URL' };
  if (command === 'dev' && !isLoopback) {
    return { fault: 'must be on localhost, 127.0.0.0/8 or [::1]: `curfew dev` serves nobody else' };
  }
  if (!isHttps && !(protocol === 'http:' && isLoopback)) {
    return { fault: 'must be an https URL, or http on localhost, 127.0.0.0/8 or [::1]' };
  }
  if (origin !== text) {
    return {
      fault:
        'must be an origin as browsers write it: scheme and host in lower case, no default port, ' +
        'and no path, trailing slash, query, fragment or user name',
    };
  }
  return { value: text };
}
