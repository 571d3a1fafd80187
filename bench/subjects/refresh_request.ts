import { randomBytes } from 'node:crypto';
import type { Target } from '../support/keep_alive_connection.ts';

/** What is asked of both servers alike. */
export const clientId = 'bench';
export const resource = 'https://orders.example.com';
export const scope = 'openid profile email orders.read orders.write';

/** New for each run, and kept to it. */
export const clientSecret = randomBytes(32).toString('base64url');

/** The token endpoint of a server on the loopback, with `client_secret_basic`. */
export function tokenEndpointOf(port: number): Target {
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return {
    port,
    path: '/token',
    headers: {
      Authorization: `Basic ${credentials}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  };
}
