import { addSeconds, wholeSecondsBetween } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import type { SeededRandom } from '../seeded_random.ts';
import type { Access } from './create_access.ts';
import type { WorkingHabit } from './departments.ts';
import type { DayPlan } from './plan_person.ts';

/** Live through what somebody planned, with an app that asks for tokens as its kind does. */
export function livePlan(
  plan: readonly DayPlan[],
  habit: WorkingHabit,
  access: Access,
  random: SeededRandom,
): void {
  const use = habit === 'watching' ? useBoard(access, random) : useWebApp(access, random);
  for (const day of plan) {
    for (const actions of day.stretches) for (const at of actions) use.act(at);
    use.leave(day);
  }
  access.sweep(Number.MAX_SAFE_INTEGER);
}

interface Use {
  act(at: Instant): void;
  leave(day: DayPlan): void;
}

/** After a refusal somebody reads the page, and types a password. */
const typingSeconds = (random: SeededRandom) => random.between(6, 20);

/** An app with a server: it refreshes when its user acts and its access token is over, and tells nothing. */
function useWebApp(access: Access, random: SeededRandom): Use {
  let busyUntil = 0;
  return {
    act(at) {
      if (at < busyUntil || !access.isTokenOver(at) || access.refresh(at)) return;
      busyUntil = addSeconds(at, typingSeconds(random));
      access.signIn(busyUntil);
    },
    leave: (day) => signOutWhere(day, access),
  };
}

export const pollSeconds = 300;

/**
 * A tab that refreshes every five minutes for as long as it is open, and at once when its user is back; each
 * time it says how long they were away. Refused, it stops until they are back.
 */
function useBoard(access: Access, random: SeededRandom): Use {
  let actedAt = 0;
  let busyUntil = 0;
  let pollAt = Infinity;

  function pollUntil(until: Instant): void {
    while (pollAt <= until) ask(pollAt);
  }
  function ask(at: Instant): boolean {
    const isAlive = access.refresh(at, wholeSecondsBetween(actedAt, at));
    pollAt = isAlive ? addSeconds(at, pollSeconds) : Infinity;
    return isAlive;
  }

  return {
    act(at) {
      if (at < busyUntil) return;
      pollUntil(at);
      const isBack = wholeSecondsBetween(actedAt, at) > 120;
      actedAt = at;
      if (pollAt < Infinity && (!isBack || ask(at))) return;
      busyUntil = addSeconds(at, typingSeconds(random));
      actedAt = busyUntil;
      access.signIn(busyUntil);
      pollAt = addSeconds(busyUntil, pollSeconds);
    },
    leave(day) {
      signOutWhere(day, access);
      // What is left open goes on asking until it is refused.
      if (day.leaving === 'leaves') pollUntil(Number.MAX_SAFE_INTEGER);
      pollAt = Infinity;
    },
  };
}

function signOutWhere({ leaving, stretches }: DayPlan, access: Access): void {
  const last = stretches.at(-1)?.at(-1);
  if (leaving === 'signs_out' && last !== undefined) access.signOut(addSeconds(last, 5));
}
