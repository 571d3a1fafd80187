import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authorize, signOut, timeStepAt } from '../gate/authorize.ts';
import { exchange } from '../gate/exchange.ts';
import { revoke } from '../gate/operate.ts';
import { clients, wishes } from '../gate/scenario.ts';
import type { Browser, Code, World } from '../gate/world.ts';
import { second } from '../gate/world.ts';
import { compareAnswer } from '../server/compare_answer.ts';
import { get } from '../server/real.ts';
import type { Real } from '../server/real.ts';
import { redirectUri } from '../../support/relying_party.ts';
import { postToken } from '../server/token_request.ts';
import { walkPages } from '../server/walk_pages.ts';
import { command, pass, pick } from './command.ts';
import type { GateCommand } from './command.ts';

const signInChoice = fc.record({
  browser: fc.nat(5),
  client: fc.nat(clients.length - 1),
  wish: fc.nat(wishes.length - 1),
  offline: fc.boolean(),
  again: fc.nat(9).map((number) => number === 9),
  silent: fc.nat(9).map((number) => number === 9),
  key: fc.constantFrom('first', 'second', undefined),
  /** The code is left for later. */
  leave: fc.nat(5).map((number) => number === 5),
  instance: fc.nat(1),
});
type SignInChoice = typeof signInChoice extends fc.Arbitrary<infer Choice> ? Choice : never;

/** Sign in, step up, or go through single sign-on, whatever the browser's session and the request need. */
export const signInCommand: fc.Arbitrary<GateCommand> = signInChoice.map((choice) =>
  command(`sign in ${JSON.stringify(choice)}`, async (world, real) => {
    const code = await walk(world, real, choice);
    if (code && !choice.leave) await exchangeCode(world, real, code, choice.key, choice.instance);
  }),
);

async function walk(world: World, real: Real, choice: SignInChoice): Promise<Code | undefined> {
  const browser = world.browsers[choice.browser];
  const client = clients[choice.client];
  const wish = wishes[choice.wish];
  if (!browser || !client || !wish) throw new Error('The choice is out of range.');
  // A disabled client does not exist at this endpoint, where nothing is judged.
  if (world.clients.get(client.clientId)?.disabled) return undefined;
  await waitForTimeStep(world, real, browser);
  const request = {
    ...wish,
    ...browser,
    client: client.clientId,
    offline: choice.offline && !choice.silent,
    again: choice.again && !choice.silent,
    silent: choice.silent,
  };
  const walked = await walkPages(
    get(real.browsers, browser),
    real.stage.issuer,
    get(real.people, browser.account),
    request,
  );
  const expected = authorize(world, request);
  assert.deepEqual(walked.pages, expected.pages, 'the pages');
  browser.session = expected.session ?? browser.session;
  const { outcome } = expected;
  if (typeof outcome === 'string') {
    if (outcome === 'refused') assert.equal(walked.outcome, 'refused');
    else assert.match(JSON.stringify(walked.outcome), /"error":"(login|interaction|consent)_required"/);
    return undefined;
  }
  assert.ok(typeof walked.outcome === 'object' && 'code' in walked.outcome, JSON.stringify(walked.outcome));
  real.codes.set(outcome.code, walked.outcome);
  return outcome.code;
}

/** An authenticator's code serves once: where this one was used, the user waits for the next. */
async function waitForTimeStep(world: World, real: Real, { account }: Browser): Promise<void> {
  if (timeStepAt(world.now) <= account.timeStep)
    await pass(world, real, (account.timeStep + 1) * 30 * second);
}

async function exchangeCode(
  world: World,
  real: Real,
  code: Code,
  key: string | undefined,
  instance: number,
): Promise<void> {
  const proofKey = proofKeyFor(world, code.client, key);
  const response = await sendCode(real, code, proofKey, instance);
  compareAnswer(world, real, code.client, exchange(world, code, proofKey), response);
}

/** A client that must bring a proof is refused before the gate without one. */
export function proofKeyFor(world: World, client: string, key: string | undefined): string | undefined {
  return world.clients.get(client)?.rotates ? key : (key ?? 'first');
}

export async function sendCode(real: Real, code: Code, key: string | undefined, instance: number) {
  const { code: value, verifier } = get(real.codes, code);
  const form = {
    grant_type: 'authorization_code',
    code: value,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    ...(code.resources.length > 1 ? { resource: code.resources[0] ?? '' } : {}),
  };
  return await postToken(real.stage, { form, client: code.client, key, instance });
}

/** Exchange a code that was left, or one that was used before. */
export const exchangeCommand: fc.Arbitrary<GateCommand> = fc
  .record({ code: fc.nat(6), left: fc.nat(3), key: fc.constantFrom('first', undefined), instance: fc.nat(1) })
  .map((choice) =>
    command(
      `exchange ${JSON.stringify(choice)}`,
      async (world, real) => {
        const left = world.codes.filter(({ family }) => !family);
        const code = pick(choice.left > 0 && left.length > 0 ? left : world.codes, choice.code);
        if (code) await exchangeCode(world, real, code, choice.key, choice.instance);
      },
      (world) => world.codes.length > 0,
    ),
  );

export const signOutCommand: fc.Arbitrary<GateCommand> = fc.nat(5).map((number) =>
  command(
    `sign out of browser ${number}`,
    async (world, real) => {
      const browser = world.browsers[number];
      if (!browser?.session) return;
      const walker = get(real.browsers, browser);
      const page = await walker.open('/session/end');
      if (/action="[^"]*session\/end\/confirm"/.test(page.text)) {
        await walker.submit(page, /session\/end\/confirm$/, { logout: 'yes' });
      }
      signOut(world, browser.session);
      browser.session = undefined;
    },
    (world) => world.browsers[number]?.session !== undefined,
  ),
);

export const revokeCommand: fc.Arbitrary<GateCommand> = fc
  .record({ family: fc.nat(6), age: fc.nat(2), instance: fc.nat(1) })
  .map((choice) =>
    command(
      `revoke ${JSON.stringify(choice)}`,
      async (world, real) => {
        const family = pick(world.families, choice.family);
        const token = family && pick(family.tokens, choice.age);
        if (!family || !token) return;
        const { client } = family;
        const form = { token: get(real.tokens, token) };
        const path = '/token/revocation';
        const { status } = await postToken(real.stage, { form, client, instance: choice.instance, path });
        if (world.clients.get(client)?.disabled) return assert.equal(status, 401);
        revoke(world, family);
      },
      (world) => world.families.length > 0,
    ),
  );
