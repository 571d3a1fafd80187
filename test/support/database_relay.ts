import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';

/** A port of the loopback that leads to a cluster's socket: what a network does to connections happens here. */
export interface DatabaseRelay {
  port: number;
  /** The same database by way of the relay. */
  urlOf(url: string): string;
  /**
   * Cut the next connection that sends this statement, which it knows by name: `before` it gets through, `during` its execution,
   * or `after` it, when the answer comes by. Resolves when that has happened.
   */
  cutNext(statement: string, moment: CutMoment): Promise<void>;
  /** Keep the next message with this statement from the database; resolves when the client has sent it. */
  catchNext(statement: string): Promise<CaughtStatement>;
  /** Let no answer through until the returned function is called. */
  holdAnswers(): () => void;
  /** Cut every connection, and let nobody in until the returned function is called. */
  goDown(): () => void;
  close(): Promise<void>;
}

export type CutMoment = 'before' | 'during' | 'after';

export interface CaughtStatement {
  /** Hand it to the database; resolves with the first of its answer, of which the client hears only if it is there. */
  deliver(): Promise<void>;
  /** The client's connection breaks, of which the database does not hear before it has answered. */
  cutClient(): void;
}

/** `url` as `EmbeddedPostgres` gives it. The cluster may stop and start again meanwhile. */
export async function startDatabaseRelay(url: string): Promise<DatabaseRelay> {
  const { searchParams } = new URL(url);
  const socketFile = path.join(searchParams.get('host') ?? '', `.s.PGSQL.${searchParams.get('port')}`);
  const clients = new Set<Socket>();
  let cut: { statement: string; moment: CutMoment; done: () => void } | undefined;
  let wanted: { statement: string; done: (caught: CaughtStatement) => void } | undefined;
  let isHolding = false;
  let isDown = false;
  let held: (() => void)[] = [];

  const server = createServer((client) => {
    if (isDown) return void client.destroy();
    const database = connect(socketFile);
    let isKept = false;
    const drop = () => {
      client.destroy();
      if (!isKept) database.destroy();
    };
    const release = () => {
      isKept = false;
      if (client.destroyed) drop();
    };
    const keep = (chunk: Buffer): CaughtStatement => {
      isKept = true;
      return {
        async deliver() {
          database.write(chunk);
          await once(database, 'data');
          release();
        },
        cutClient: () => void client.destroy(),
      };
    };
    clients.add(client);
    for (const end of [client, database]) end.on('error', drop).on('close', drop);
    client.on('close', () => clients.delete(client));

    let dropsAnswer: (() => void) | undefined;
    client.on('data', (chunk) => {
      if (wanted && chunk.includes(wanted.statement)) {
        const { done } = wanted;
        wanted = undefined;
        return done(keep(chunk));
      }
      const now = cut && chunk.includes(cut.statement) ? cut : undefined;
      if (!now) return void database.write(chunk);
      cut = undefined;
      if (now.moment !== 'before') database.write(chunk);
      if (now.moment === 'after') return void (dropsAnswer = now.done);
      drop();
      now.done();
    });
    database.on('data', (chunk) => {
      if (client.destroyed) return;
      if (dropsAnswer) {
        drop();
        return dropsAnswer();
      }
      if (isHolding) held.push(() => client.write(chunk));
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    urlOf(direct) {
      const { username, pathname } = new URL(direct);
      return `postgresql://${username}@127.0.0.1:${port}${pathname}?sslmode=disable`;
    },
    cutNext: (statement, moment) => new Promise((done) => (cut = { statement, moment, done })),
    catchNext: (statement) => new Promise((done) => (wanted = { statement, done })),
    holdAnswers() {
      isHolding = true;
      return () => {
        isHolding = false;
        for (const pass of held) pass();
        held = [];
      };
    },
    goDown() {
      isDown = true;
      for (const client of clients) client.destroy();
      return () => (isDown = false);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  };
}
