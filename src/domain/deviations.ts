/** A requirement that is knowingly not met: why, and for how long that is accepted. */
export interface Deviation {
  name: string;
  /** Id of the catalogue of baselines, `<baseline>/<subject>`. */
  requirement: string;
  /** The policy it is for; absent: every policy, and the server as a whole. */
  policy?: string;
  reason: string;
  /** The last day on which it holds, `YYYY-MM-DD` in UTC. */
  until: string;
}
