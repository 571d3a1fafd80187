import assert from 'node:assert/strict';
import type { Answer, Refusal, Tokens } from '../gate/refresh.ts';
import type { World } from '../gate/world.ts';
import type { Real } from './real.ts';
import type { TokenResponse } from './token_request.ts';

/** An answer of the token endpoint must be the model's: status, error, code, scope, both deadlines, the limit told. */
export function compareAnswer(
  world: World,
  real: Real,
  client: string,
  expected: Answer,
  response: TokenResponse,
): void {
  if ('refused' in expected) compareRefusal(world, client, expected.refused, response);
  else compareTokens(real, expected.granted, response);
}

function compareRefusal(
  world: World,
  client: string,
  refusal: Refusal,
  { status, body }: TokenResponse,
): void {
  const { error, codes, end } = refusal;
  const description = String(body.error_description);
  assert.deepEqual({ status, error: body.error }, { status: 400, error }, JSON.stringify(body));
  if (codes.length > 0) {
    assert.match(description, /^[a-z_]+: [ -~]+$/);
    assert.ok(codes.includes(description.replace(/:.*$/, '')), `${description}, not ${codes.join(' or ')}`);
  }
  const { limit, policy, policy_version: version } = body;
  const isTold = world.clients.get(client)?.trusted && end && end.limits.length > 0;
  if (!isTold)
    return assert.deepEqual(
      Object.keys(body).filter((key) => !key.startsWith('error') && key !== 'scope'),
      [],
    );
  const source = `${String(policy)} ${String(version)}`;
  const found = end.limits.some(({ value, sources }) => value === limit && sources.includes(source));
  assert.ok(found, `told ${String(limit)} of ${source}, not ${JSON.stringify(end.limits)}`);
}

function compareTokens(real: Real, granted: Tokens, { status, body }: TokenResponse): void {
  assert.equal(status, 200, JSON.stringify(body));
  const scopes = typeof body.scope === 'string' ? body.scope.split(' ').filter(Boolean) : [];
  assert.deepEqual(
    {
      scopes: scopes.toSorted(),
      expiresIn: body.expires_in,
      idleIn: body.refresh_token_timeout,
      absoluteIn: body.authorization_expires_in,
    },
    {
      scopes: granted.scopes.toSorted(),
      expiresIn: granted.expiresIn,
      idleIn: granted.idleIn,
      absoluteIn: granted.absoluteIn,
    },
  );
  const known = real.tokens.get(granted.token);
  const given = String(body.refresh_token);
  if (known) assert.equal(given, known, 'the same refresh token');
  else assert.ok(![...real.tokens.values()].includes(given), 'a new refresh token');
  real.tokens.set(granted.token, given);
}
