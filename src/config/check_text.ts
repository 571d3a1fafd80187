import { joinPath } from './faults.ts';
import type { Fault } from './faults.ts';

/** Levels that a configuration nests at most. */
export const deepest = 30;
export const tooDeep = `nests more than ${deepest} levels deep`;

/** Faults of values, whoever brought them: what no database column of text or JSON could hold, and what would never end. */
export function checkText(value: unknown): Fault[] {
  const faults: Fault[] = [];
  checkValue(value, '', [], faults);
  return faults;
}

function checkValue(value: unknown, path: string, ancestors: readonly object[], faults: Fault[]): void {
  if (typeof value === 'string') {
    if (/[\0\p{Surrogate}]/u.test(value)) {
      faults.push({ path, message: 'holds a character that is not text' });
    }
  } else if (value === null || typeof value !== 'object') {
    return;
  } else if (ancestors.includes(value)) {
    faults.push({ path, message: 'is an alias inside its own anchor' });
  } else if (ancestors.length >= deepest) {
    faults.push({ path, message: tooDeep });
  } else {
    for (const [key, entry] of Object.entries(value)) {
      const segment = Array.isArray(value) ? Number(key) : key;
      checkValue(key, path, ancestors, faults);
      checkValue(entry, joinPath(path, segment), [...ancestors, value], faults);
    }
  }
}
