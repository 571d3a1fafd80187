import { decodeProtectedHeader } from 'jose';
import { driveConnections } from '../support/drive_connections.ts';
import type { Drive, Effort } from '../support/drive_connections.ts';
import { openConnection } from '../support/keep_alive_connection.ts';
import type { Answer, KeepAliveConnection, Target } from '../support/keep_alive_connection.ts';

interface TokenAnswer {
  access_token: string;
  id_token: string;
  refresh_token: string;
}

/**
 * Refresh over HTTP: `families` holds, for each connection, the refresh tokens it has in turn; each
 * successor takes the place of its predecessor. Throws at the first refresh that is not granted.
 */
export async function driveRefreshes(target: Target, families: string[][], effort: Effort): Promise<Drive> {
  const connections = await Promise.all(families.map(() => openConnection(target)));
  try {
    const works = connections.map((connection, at) => refreshInTurn(connection, families[at] ?? []));
    return await driveConnections(works, effort);
  } finally {
    for (const connection of connections) connection.close();
  }
}

function refreshInTurn(connection: KeepAliveConnection, tokens: string[]): () => Promise<void> {
  let turn = 0;
  return async () => {
    const at = turn % tokens.length;
    const answer = await connection.post(`grant_type=refresh_token&refresh_token=${tokens[at]}`);
    const granted = readGranted(answer);
    if (turn === 0) assertSigned(granted);
    tokens[at] = granted.refresh_token;
    turn += 1;
  };
}

/** A refusal's body holds no secret, an answer's does. */
function readGranted({ status, body }: Answer): TokenAnswer {
  if (status !== 200) throw new Error(`A refresh was answered by ${status}: ${body.slice(0, 500)}`);
  return JSON.parse(body) as TokenAnswer;
}

function assertSigned({ access_token: accessToken, id_token: idToken }: TokenAnswer): void {
  for (const token of [accessToken, idToken]) {
    const { alg } = decodeProtectedHeader(token);
    if (alg !== 'ES256') throw new Error(`A token is signed by ${alg}.`);
  }
}
