import { createFormBrowser, findForm } from '../../test/support/browser.ts';
import { driveConnections } from '../support/drive_connections.ts';
import type { Effort } from '../support/drive_connections.ts';
import { openConnection } from '../support/keep_alive_connection.ts';
import { benchIssuer } from './curfew.ts';
import { clientId } from './refresh_request.ts';

/** What became of the sign-ins of one drive. */
export interface SignIns {
  perSecond: number;
  /** Whose password was hashed, and found wrong: a second. */
  checkedPerSecond: number;
  refused: number;
  /** Refusals that do not say when to come again. */
  withoutRetryAfter: number;
  /** By status, of all others. */
  others: Record<number, number>;
}

/** Send wrong passwords of ever new names through the form of a sign-in page, on so many connections. */
export async function driveSignIns(port: number, connections: number, effort: Effort): Promise<SignIns> {
  const browser = createFormBrowser(benchIssuer, { via: `http://127.0.0.1:${port}` });
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:9/callback',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const { text } = await browser.open(`/auth?${query.toString()}`);
  const { action, hidden } = findForm(text, /sign-in$/);
  const cookies = ['__Host-curfew_browser', 'curfew_interaction', 'curfew_interaction.sig'];
  const target = {
    port,
    path: action,
    headers: {
      Accept: 'text/html',
      'Content-Type': 'application/x-www-form-urlencoded',
      Cookie: cookies.map((name) => `${name}=${browser.cookie(name)}`).join('; '),
    },
  };
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(target)));
  const counts: SignIns = { perSecond: 0, checkedPerSecond: 0, refused: 0, withoutRetryAfter: 0, others: {} };
  let checked = 0;
  let names = 0;
  const works = open.map((connection) => async () => {
    names += 1;
    const form = new URLSearchParams({
      ...hidden,
      username: `nobody-${names}`,
      password: 'not the right one',
    });
    const { status, head } = await connection.post(form.toString());
    if (status === 422) checked += 1;
    else if (status === 429) {
      counts.refused += 1;
      if (!/\r\nretry-after: [1-9]\d*/i.test(head)) counts.withoutRetryAfter += 1;
    } else counts.others[status] = (counts.others[status] ?? 0) + 1;
  });
  try {
    const { count, seconds } = await driveConnections(works, effort);
    return { ...counts, perSecond: count / seconds, checkedPerSecond: checked / seconds };
  } finally {
    for (const connection of open) connection.close();
  }
}
