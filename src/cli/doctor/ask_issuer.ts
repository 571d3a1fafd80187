/** What answers as the issuer; undefined fields could not be read. */
export type IssuerAnswer =
  | { unreachable: string }
  | {
      /** HTTP status of the discovery document. */
      status: number;
      issuer: string | undefined;
      /** How far its clock is ahead of this machine's, in milliseconds, as far as that is certain; behind, negative. */
      clockAhead: number | undefined;
      /** Why `/readyz` says that it is not ready. */
      reasons: string[];
      /** Ids of the published keys. */
      keyIds: string[] | undefined;
    };

/** Milliseconds. */
const patience = 5000;

/** Ask for discovery document, keys and readiness, as anybody may; no redirect is followed. */
export async function askIssuer(issuer: string): Promise<IssuerAnswer> {
  try {
    const discovery = await read(`${issuer}/.well-known/openid-configuration`);
    const ready = await read(`${issuer}/readyz`);
    const keys = await read(`${issuer}/jwks`);
    const { issuer: told } = discovery.body as { issuer?: unknown };
    const { reasons } = ready.body as { reasons?: unknown };
    const { keys: published } = keys.body as { keys?: { kid?: unknown }[] };
    return {
      status: discovery.status,
      issuer: typeof told === 'string' ? told : undefined,
      clockAhead: ready.clockAhead,
      reasons: ready.status === 503 && Array.isArray(reasons) ? reasons.map(String) : [],
      keyIds: Array.isArray(published) ? published.map(({ kid }) => String(kid)) : undefined,
    };
  } catch (error) {
    return { unreachable: describe(error) };
  }
}

interface Answer {
  status: number;
  clockAhead: number | undefined;
  body: object;
}

async function read(url: string): Promise<Answer> {
  const askedAt = Date.now();
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(patience) });
  const answeredAt = Date.now();
  const date = response.headers.has('age') ? Number.NaN : Date.parse(response.headers.get('date') ?? '');
  return {
    status: response.status,
    clockAhead: Number.isNaN(date) ? undefined : compareClocks(date, askedAt, answeredAt),
    body: parse(await response.text()),
  };
}

/** The header says the whole second in which it was written, between question and answer. */
function compareClocks(date: number, askedAt: number, answeredAt: number): number {
  if (date > answeredAt) return date - answeredAt;
  return Math.min(0, date + 999 - askedAt);
}

/** Whatever is no object is as good as none. */
function parse(text: string): object {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function describe(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
