import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Answer {
  status: number;
  /** The status line and headers as they came. */
  head: string;
  body: string;
}

/** One HTTP/1.1 connection to the loopback, one request at a time. */
export interface KeepAliveConnection {
  post(body: string): Promise<Answer>;
  close(): void;
}

export interface Target {
  port: number;
  path: string;
  /** Sent with each request. */
  headers: Readonly<Record<string, string>>;
}

const longestWaitMilliseconds = 10_000;

/**
 * A client that costs as little as one can, for it runs on the cores of what it measures: it knows just
 * what our servers send, a body of a stated length.
 */
export async function openConnection({ port, path, headers }: Target): Promise<KeepAliveConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.setTimeout(longestWaitMilliseconds, () =>
    socket.destroy(new Error('The server did not answer in time.')),
  );
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}`;
  const readAnswer = answerReader(socket);
  return {
    post(body) {
      socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      return readAnswer();
    },
    close: () => void socket.destroy(),
  };
}

/** A function that resolves with the next answer on `socket`; ask before it can come. */
function answerReader(socket: Socket): () => Promise<Answer> {
  let received = '';
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
  };

  // Latin-1 makes a character of each byte, so that lengths are those of the header.
  socket.setEncoding('latin1');
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The server closed the connection.')));
  socket.on('data', (chunk: string) => {
    received += chunk;
    const answer = takeAnswer();
    if (!answer) return;
    const { resolve } = waiting ?? {};
    waiting = undefined;
    resolve?.(answer);
  });

  function takeAnswer(): Answer | undefined {
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const length = /^content-length: *(\d+)/im.exec(received.slice(0, headEnd))?.[1];
    if (length === undefined) {
      fail(new Error('The answer does not state its length.'));
      return undefined;
    }
    const start = headEnd + 4;
    const end = start + Number(length);
    if (received.length < end) return undefined;
    const head = received.slice(0, headEnd);
    const answer = { status: Number(received.slice(9, 12)), head, body: received.slice(start, end) };
    received = received.slice(end);
    return answer;
  }

  return () =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else waiting = { resolve, reject };
    });
}
