import { endAtOnce, endFamily } from './ends.ts';
import { familySubject, limitOf, proofOf } from './limits.ts';
import { dropScopes, issue, scopesAt } from './refresh.ts';
import type { Answer } from './refresh.ts';
import { noteFamily, second } from './world.ts';
import type { Code, End, Family, World } from './world.ts';

/** How long a code is good for, in seconds. */
export const codeSeconds = 60;

/** The exchange of a code, by its client and with the right verifier: a reused code first, then rows 5 to 10. */
export function exchange(world: World, code: Code, key: string | undefined): Answer {
  if (code.forgotten) return refuse('unknown_token');
  if (code.family) {
    endFamily(world, code.family, 'code_reused');
    noteRefusal(world, code, 'code_reused');
    return refuse('code_reused');
  }
  // An expired code is none: the words are the library's.
  if (world.now >= code.issuedAt + codeSeconds * second)
    return { refused: { error: 'invalid_grant', codes: [] } };

  const { account, client, session } = code;
  if (account.disabled) return refuseCode(world, code, 'account_disabled');
  if (world.clients.get(client)?.disabled) return refuseCode(world, code, 'client_disabled');
  const isPublic = world.clients.get(client)?.public;
  const family: Family = {
    account,
    client,
    session,
    bound: code.bound,
    scopes: code.scopes,
    resources: code.resources,
    key: isPublic ? key : undefined,
    startedAt: world.now,
    activityAt: code.activityAt,
    mfaAt: code.mfaAt,
    passkeyAt: code.passkeyAt,
    tokens: [],
  };
  const end = endAtOnce(world, family);
  if (end) return refuseCode(world, code, end.reason, end);
  const subject = familySubject(family);
  if (limitOf(world, subject, 'mfa').value === 'always' && proofOf(world, subject, family) === undefined)
    return refuseCode(world, code, 'mfa_required');

  const dropped = dropScopes(world, family, [...code.scopes]);
  const kept = [...code.scopes].filter((scope) => !dropped.has(scope));
  const token = { family };
  family.tokens.push(token);
  code.family = family;
  world.families.push(family);
  noteFamily(world, 'code.exchanged', family, { bound: code.bound });
  return { granted: issue(world, family, token, scopesAt(world, code.resources[0], kept)) };
}

function refuse(reason: string, end?: End): Answer {
  return { refused: { error: 'invalid_grant', codes: [reason], end } };
}

function refuseCode(world: World, code: Code, reason: string, end?: End): Answer {
  noteRefusal(world, code, reason);
  return refuse(reason, end);
}

function noteRefusal(world: World, { account, client, session, family }: Code, reason: string): void {
  world.events.push({ name: 'code.refused', account, client, session, family, detail: { code: [reason] } });
}
