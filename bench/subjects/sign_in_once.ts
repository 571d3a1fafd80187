import pino from 'pino';
import { buildApp } from '../../src/app.ts';
import type { Database } from '../../src/store/database.ts';
import { createRelyingParty } from '../../test/support/relying_party.ts';
import { findFreePort } from '../../test/support/ports.ts';
import { clientId, clientSecret, resource, scope } from './refresh_request.ts';

/** One real sign-in and code exchange: the family, and all it hangs on, that others are copied from. */
export async function signInOnce(database: Database, secret: Buffer, password: string): Promise<void> {
  const port = await findFreePort();
  const issuer = `http://localhost:${port}`;
  const app = await buildApp({ issuer, database, secrets: [secret], log: pino({ level: 'silent' }) });
  await app.listen(port, 'localhost');
  try {
    const party = await createRelyingParty(issuer, { clientId, secret: clientSecret });
    const tokens = await party.signIn({ username: 'bench', password }, { scope, resource });
    if (!tokens.refresh_token) throw new Error('The sign-in gave no refresh token.');
  } finally {
    await app.close(1000);
  }
}
