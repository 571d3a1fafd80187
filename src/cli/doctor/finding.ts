/** What is looked at, in this order. */
export type Area =
  | 'configuration'
  | 'database'
  | 'migrations'
  | 'clock'
  | 'issuer'
  | 'keys'
  | 'secrets'
  | 'outbox'
  | 'audit'
  | 'baselines';

/** One thing that was looked at. */
export interface Finding {
  area: Area;
  /** `warning`: it works, and somebody should know. `wrong`: something does not do what it is for. */
  state: 'good' | 'warning' | 'wrong';
  /** One line. */
  message: string;
  /** What to do about it; good findings have none. */
  advice?: string;
}

/** Findings of one area. */
export function findingsOf(area: Area) {
  return {
    good: (message: string): Finding => ({ area, state: 'good', message }),
    warning: (message: string, advice: string): Finding => ({ area, state: 'warning', message, advice }),
    wrong: (message: string, advice: string): Finding => ({ area, state: 'wrong', message, advice }),
  };
}
