import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pino from 'pino';
import { buildApp } from '../../src/app.ts';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createFormBrowser } from '../../test/support/browser.ts';
import { findFreePort } from '../../test/support/ports.ts';
import { createRelyingParty } from '../../test/support/relying_party.ts';
import type { Cluster } from '../support/cluster.ts';
import type { Question } from './console_questions.ts';

/** What one request took, and whether it was answered as it should. */
export interface Asked {
  milliseconds: number;
  bytes: number;
  /** What is wrong with the answer. */
  fault?: string;
}

/** Somebody signed in with a second factor, at the console and at the API. */
export interface BenchOperator {
  ask(question: Question): Promise<Asked>;
  close(): Promise<void>;
}

/** Configure the database; an operator signs in and what was recorded of it is sealed. `open` starts the server again. */
export async function prepareOperator(cluster: Cluster): Promise<{ open(): Promise<BenchOperator> }> {
  const secret = randomBytes(32);
  const person = {
    username: 'operator',
    password: randomBytes(24).toString('base64url'),
    authenticator: { secret: '', recoveryCodes: [] },
  };
  const port = await findFreePort();
  const issuer = `http://localhost:${port}`;
  const browser = createFormBrowser(issuer);

  async function start() {
    const database = openDatabase({ url: cluster.serverUrl, size: 10, prepared: true, onError: () => {} });
    const app = await buildApp({ issuer, database, secrets: [secret], log: pino({ level: 'silent' }) });
    await app.listen(port, 'localhost');
    return async () => {
      await app.close(1000);
      await database.end();
    };
  }

  const text = readFileSync(new URL('console.yaml', import.meta.url), 'utf8');
  const file = parseConfigurationFile(text, { env: { BENCH_PASSWORD: person.password } });
  const database = openDatabase({ url: cluster.serverUrl, size: 1, prepared: true, onError: () => {} });
  try {
    await database.transaction((tx) => applyConfiguration(tx, file, { origin: { actor: 'bench' } }));
  } finally {
    await database.end();
  }
  const stop = await start();
  const party = await createRelyingParty(issuer, { clientId: 'console-bench' }, browser);
  const tokens = await party.signIn(person, {
    scope: 'openid offline_access curfew:read curfew:write',
    resource: `${issuer}/admin`,
    prompt: 'consent',
  });
  await browser.open(`${issuer}/console`);
  await stop();

  async function ask({ address, isOfApi, isFile, holds }: Question): Promise<Asked> {
    const begunAt = performance.now();
    const response = isOfApi
      ? await fetch(issuer + address, { headers: { authorization: `Bearer ${tokens.access_token}` } })
      : await browser.request(address);
    if (isFile) return await askFile(response, begunAt);
    const body = await response.text();
    const milliseconds = performance.now() - begunAt;
    const found = holds === undefined || body.includes(holds);
    return {
      milliseconds,
      bytes: body.length,
      ...(response.status === 200 && found
        ? {}
        : {
            fault: `${response.status} ${response.headers.get('location') ?? ''} ${found ? '' : `without ${holds}`}`,
          }),
    };
  }

  /** Until it begins to come. */
  async function askFile(response: Response, begunAt: number): Promise<Asked> {
    const reader = response.body?.getReader();
    const first = await reader?.read();
    const milliseconds = performance.now() - begunAt;
    await reader?.cancel();
    const bytes = first?.value?.byteLength ?? 0;
    return { milliseconds, bytes, ...(response.status === 200 ? {} : { fault: String(response.status) }) };
  }

  return {
    async open() {
      const close = await start();
      return { ask, close };
    },
  };
}
