import { startServerProcess } from '../support/server_process.ts';

/** What a client has been told. */
export interface Told {
  /** How many sessions, and how often in all. */
  sessions: number;
  posts: number;
}

/** A client that takes logout tokens, in a process of its own: so that the driver measures only refreshes. */
export interface LogoutReceiver {
  port: number;
  told(): Promise<Told>;
  stop(): Promise<void>;
}

export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  let port: number | undefined;
  const server = await startServerProcess({
    program: ['bench/subjects/logout_receiver_server.ts'],
    env: {},
    isReady: async ({ ask }) => {
      port = await ask<number | undefined>('port');
      return port !== undefined;
    },
  });
  return { port: port ?? 0, told: () => server.ask<Told>('told'), stop: () => server.stop() };
}
