import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inspect, refresh } from '../gate/refresh.ts';
import type { RefreshRequest } from '../gate/refresh.ts';
import { api, clients, vault } from '../gate/scenario.ts';
import type { Family, Token, World } from '../gate/world.ts';
import { second } from '../gate/world.ts';
import { compareAnswer } from '../server/compare_answer.ts';
import { get } from '../server/real.ts';
import type { Real } from '../server/real.ts';
import { postToken } from '../server/token_request.ts';
import { command, pick } from './command.ts';
import type { GateCommand } from './command.ts';
import { proofKeyFor } from './sign_in_commands.ts';

/** What a refresh does otherwise than a good client would; numbers choose among what there is. */
export interface RefreshChoice {
  family: number;
  /** 0: the current token, 1: the one before, … */
  age: number;
  unknown: boolean;
  otherClient: boolean;
  /** `right`: that of the family; otherwise one by name, or none at all. */
  key: 'right' | 'first' | 'second' | 'none';
  scopes: 'none' | 'openid' | 'all' | 'first' | 'wider';
  resource: 'none' | 'right' | 'api' | 'vault';
  /** Seconds, or other text as it is; `none`: not said; `since activity`: as long as the truth is. */
  inactiveFor: number | string;
  instance: number;
}

/** A good client; what it says of its user's absence, and the instance that answers, may be anything. */
const goodChoice: fc.Arbitrary<RefreshChoice> = fc.record({
  family: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(3) }, fc.nat(20)),
  age: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.constant(1) },
    fc.nat(4),
  ),
  unknown: fc.constant(false),
  otherClient: fc.constant(false),
  key: fc.constant('right' as const),
  scopes: fc.constant('none' as const),
  resource: fc.constantFrom('none' as const, 'right' as const),
  inactiveFor: fc.oneof(
    { weight: 4, arbitrary: fc.constant('none') },
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 30, 59, 60, 119, 120, 300, 4_000_000_000) },
    { weight: 2, arbitrary: fc.constant('since activity') },
  ),
  instance: fc.nat(1),
});

/** One thing, or two, that a good client would not do. */
const oddities: fc.Arbitrary<Partial<RefreshChoice>> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ unknown: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ otherClient: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ key: fc.constantFrom('first', 'second', 'none') }) },
  { weight: 4, arbitrary: fc.record({ scopes: fc.constantFrom('openid', 'all', 'first', 'wider') }) },
  { weight: 2, arbitrary: fc.record({ resource: fc.constantFrom('api', 'vault') }) },
  {
    weight: 1,
    arbitrary: fc.record({ inactiveFor: fc.constantFrom('-1', '1.5', '', '12345678901', '1e3') }),
  },
);

export const refreshChoice: fc.Arbitrary<RefreshChoice> = fc.oneof(
  { weight: 3, arbitrary: goodChoice },
  {
    weight: 2,
    arbitrary: fc
      .tuple(goodChoice, fc.array(oddities, { minLength: 1, maxLength: 2 }))
      .map(([choice, odd]) => Object.assign({}, choice, ...odd) as RefreshChoice),
  },
);

export const refreshCommand: fc.Arbitrary<GateCommand> = refreshChoice.map((choice) =>
  command(
    `refresh ${JSON.stringify(choice)}`,
    (world, real) => doRefresh(world, real, resolveRefresh(world, choice), choice.instance),
    (world) => world.families.length > 0,
  ),
);

/** Send a refresh, and compare its answer. */
export async function doRefresh(
  world: World,
  real: Real,
  request: RefreshRequest,
  instance: number,
): Promise<void> {
  const response = await sendRefresh(real, request, instance);
  compareAnswer(world, real, request.client, refresh(world, request), response);
}

/** The request that a choice means in this world. */
export function resolveRefresh(world: World, choice: RefreshChoice): RefreshRequest {
  const family = pick(world.families, choice.family);
  if (!family) throw new Error('There is no family.');
  const token = pickToken(family, choice.age);
  const client = choice.otherClient ? otherClient(family.client) : family.client;
  const key = choice.key === 'right' ? usualKey(family) : choice.key === 'none' ? undefined : choice.key;
  return {
    token: choice.unknown ? undefined : token,
    client,
    key: proofKeyFor(world, client, key),
    ...chooseScope(world, family, choice),
    inactiveFor: chooseInactiveFor(world, family, choice.inactiveFor),
  };
}

function pickToken(family: Family, age: number): Token {
  const token = pick(family.tokens, age);
  if (!token) throw new Error('There is no token.');
  return token;
}

/** The key that the family is bound to, or else the last one that came with it. */
function usualKey(family: Family): string | undefined {
  return family.key ?? family.tokens.at(-2)?.rotation?.key;
}

function otherClient(clientId: string): string {
  const others = clients.filter((client) => client.clientId !== clientId);
  return others[0]?.clientId ?? clientId;
}

function chooseScope(
  world: World,
  family: Family,
  { scopes, resource }: RefreshChoice,
): Pick<RefreshRequest, 'scopes' | 'resource'> {
  const named = { none: undefined, right: family.resources[0], api, vault }[resource];
  const atResource = [...family.scopes].filter(
    (scope) =>
      (world.scopes.get(scope)?.resource ?? named ?? family.resources[0]) === (named ?? family.resources[0]),
  );
  const asked = {
    none: undefined,
    openid: ['openid'],
    all: atResource,
    first: atResource.filter((scope) => scope !== 'openid').slice(0, 1),
    wider: [...new Set([...atResource, 'payments.write'])],
  }[scopes];
  return { scopes: asked?.length ? asked : undefined, resource: named };
}

function chooseInactiveFor(
  world: World,
  family: Family,
  choice: RefreshChoice['inactiveFor'],
): string | undefined {
  if (choice === 'none') return undefined;
  if (choice === 'since activity') return String(Math.floor((world.now - family.activityAt) / second));
  return String(choice);
}

export async function sendRefresh(real: Real, request: RefreshRequest, instance: number) {
  const { token, client, key, scopes, resource, inactiveFor } = request;
  const form = {
    grant_type: 'refresh_token',
    refresh_token: token ? get(real.tokens, token) : 'x'.repeat(43),
    ...(scopes ? { scope: scopes.join(' ') } : {}),
    ...(resource ? { resource } : {}),
    ...(inactiveFor === undefined ? {} : { inactive_for: inactiveFor }),
  };
  return await postToken(real.stage, { form, client, key, instance });
}

/** A confidential client looks at one of its tokens: that tells the truth, and changes nothing. */
export const introspectCommand: fc.Arbitrary<GateCommand> = fc
  .record({ family: fc.nat(6), age: fc.nat(1), instance: fc.nat(1) })
  .map((choice) =>
    command(
      `introspect ${JSON.stringify(choice)}`,
      async (world, real) => {
        const families = world.families.filter(({ client }) => !world.clients.get(client)?.public);
        const family = pick(families, choice.family);
        const token = family && pick(family.tokens, choice.age);
        if (!family || !token) return;
        const { status, body } = await postToken(real.stage, {
          form: { token: get(real.tokens, token) },
          client: family.client,
          instance: choice.instance,
          path: '/token/introspection',
        });
        if (world.clients.get(family.client)?.disabled) return assert.equal(status, 401);
        const { active, refresh_token_timeout: idleIn, authorization_expires_in: absoluteIn } = body;
        assert.deepEqual({ active, idleIn, absoluteIn }, inspect(world, token));
      },
      (world) => world.families.length > 0,
    ),
  );
