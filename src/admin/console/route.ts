import type { OperatorScope } from '../../policy/operator_rights.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import type { ConsoleVisit } from './visit.ts';

/** A page of the console, or what one of its forms does. */
export interface ConsoleRoute {
  method: 'GET' | 'POST';
  /** Under `/console`, with `{names}`. */
  path: string;
  /** What it takes. `curfew:write` takes a fresh second factor as well, which is asked for before the page is shown. */
  scope: OperatorScope;
  handle(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> | void;
}
