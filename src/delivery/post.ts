import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { AddressRefused, guardedLookup, isAllowedAddress } from './address_guard.ts';
import type { AddressRules } from './address_guard.ts';

export interface PostRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Post and return the status of the answer; its body is not read, a redirect not followed. */
export type Post = (request: PostRequest, rules: AddressRules) => Promise<number>;

/** What an answer's body may have before its connection is cut instead of kept. */
const longestBody = 16 * 1024;

/**
 * A way to post that keeps connections open for the next notice. `longestWait` are the milliseconds from
 * the connection to the last header of the answer. Errors are those of the network.
 */
export function createPost(longestWait = 3000): { post: Post; close(): void } {
  let agents: Agents | undefined;

  /** Connections that were opened under other rules are not used again. */
  function agentsFor(rules: AddressRules): Agents {
    const key = JSON.stringify(rules);
    if (agents?.key !== key) {
      close();
      agents = { key, http: new http.Agent(keptOpen), https: new https.Agent(keptOpen) };
    }
    return agents;
  }

  function close(): void {
    agents?.http.destroy();
    agents?.https.destroy();
  }

  return {
    post: ({ url, headers, body }, rules) =>
      new Promise((resolve, reject) => {
        const target = new URL(url);
        const host = target.hostname.replace(/^\[|\]$/g, '');
        if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) return reject(new AddressRefused(host));
        const isSecure = target.protocol === 'https:';
        const request = (isSecure ? https : http).request(target, {
          method: 'POST',
          agent: agentsFor(rules)[isSecure ? 'https' : 'http'],
          lookup: guardedLookup(rules),
          headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
          signal: AbortSignal.timeout(longestWait),
        });
        request.once('error', reject);
        request.once('upgrade', (_, socket) => socket.destroy());
        request.once('close', () => reject(new Error('the connection ended without an answer')));
        request.once('response', (response) => {
          discard(response);
          resolve(response.statusCode ?? 0);
        });
        request.end(body);
      }),
    close,
  };
}

interface Agents {
  key: string;
  http: http.Agent;
  https: https.Agent;
}
const keptOpen = { keepAlive: true, maxFreeSockets: 16, timeout: 15_000 };

/** Let a short body pass by, so that the connection can be used again; cut a long one. */
function discard(response: http.IncomingMessage): void {
  let seen = 0;
  response.on('error', () => response.destroy());
  response.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen > longestBody) response.destroy();
  });
}
