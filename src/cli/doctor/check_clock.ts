import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** In milliseconds: further off than this, a server answers nothing but 503. */
const largestSkew = 5000;
const noticedSkew = 1000;

const { good, warning, wrong } = findingsOf('clock');
const advice = 'Let NTP keep both clocks; the one of the database decides when something is over.';

/**
 * How far this machine's clock, and that of the server that answers as the issuer, are from the database's, in
 * milliseconds; `server` undefined: none answered.
 */
export function checkClock({ machine, server }: { machine: number; server: number | undefined }): Finding[] {
  const found = [
    ...judge('The clock of this machine', machine),
    ...(server === undefined ? [] : judge('The clock of the server', server)),
  ];
  if (found.length > 0) return found;
  const which =
    server === undefined
      ? 'This machine and the database agree'
      : 'This machine, the server and the database agree';
  return [good(`${which} to within a second.`)];
}

function judge(whose: string, skew: number): Finding[] {
  const off = Math.abs(skew);
  if (off <= noticedSkew) return [];
  const message = `${whose} is ${(off / 1000).toFixed(1)} s off the database's.`;
  return [off > largestSkew ? wrong(message, advice) : warning(message, advice)];
}
