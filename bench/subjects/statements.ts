import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { hashToken } from '../../src/credentials/token_hash.ts';
import type { Queryable } from '../../src/store/database.ts';
import { commitRefresh, findRefresh } from '../../src/store/families.ts';
import type { LoadedRefresh, RefreshCommit } from '../../src/store/families.ts';
import { ownCpu } from '../support/answer_questions.ts';
import type { Cluster } from '../support/cluster.ts';
import { driveConnections } from '../support/drive_connections.ts';
import type { Effort } from '../support/drive_connections.ts';
import { measure } from './measure.ts';
import type { Sample } from './measure.ts';

/** PostgreSQL alone: the two statements of a refresh, from this process, without anything around them. */
export interface Statements {
  measure(connections: number, effort: Effort): Promise<Sample>;
  stop(): Promise<void>;
}

export async function connectStatements(cluster: Cluster, families: string[][]): Promise<Statements> {
  const clients = families.map(() => new pg.Client({ connectionString: cluster.serverUrl }));
  // A connection that is lost fails the query on it; without a listener it would end this process at once.
  for (const client of clients) client.on('error', () => {});
  await Promise.all(clients.map((client) => client.connect()));
  const works = clients.map((client, at) => rotateInTurn(client, (families[at] ?? []).map(hashToken)));
  return {
    measure: (connections, effort) =>
      measure({ subject: 'statements', connections }, { node: ownCpu, postgres: cluster.cpu }, () =>
        driveConnections(works.slice(0, connections), effort),
      ),
    async stop() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

function rotateInTurn(client: pg.Client, hashes: Buffer[]): () => Promise<void> {
  const db: Queryable = {
    tell: () => undefined,
    async query<Row>({ name, text }: { name: string; text: string }, values: unknown[] = []) {
      return (await client.query({ name, text, values })).rows as Row[];
    },
  };
  let turn = 0;
  return async () => {
    const at = turn % hashes.length;
    const tokenHash = hashes[at] ?? Buffer.alloc(0);
    const successorHash = randomBytes(32);
    const loaded = await findRefresh(db, tokenHash);
    if (!loaded) throw new Error('A family is gone.');
    const { outcome } = await commitRefresh(db, rotation(loaded, tokenHash, successorHash));
    if (outcome !== 'done') throw new Error('A rotation was not written.');
    hashes[at] = successorHash;
    turn += 1;
  };
}

// Of the size that Curfew writes: nonce, a token of 43 characters, tag.
const sealed = randomBytes(12 + 43 + 16);
const windowId = randomUUID();
const requestId = randomUUID();
const hour = 3600;

function rotation(loaded: LoadedRefresh, tokenHash: Buffer, successorHash: Buffer): RefreshCommit {
  return {
    mode: 'rotate',
    tokenHash,
    successor: { hash: successorHash, sealed, windowId },
    accountVersion: loaded.account.version,
    configurationVersion: loaded.configurationVersion,
    limits: {
      idle: hour,
      absolute: 8 * hour,
      overlap: 10,
      sessionIdle: hour,
      sessionAbsolute: 8 * hour,
      leaseMax: 0,
    },
    inactiveFor: 0,
    sessionInactiveFor: 0,
    requestId,
    address: '127.0.0.1',
    detail: {},
  };
}
