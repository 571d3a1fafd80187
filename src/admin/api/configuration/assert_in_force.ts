import type { Configuration } from '../../../domain/configuration.ts';
import { ApiProblem } from '../problem.ts';

/** Throws `precondition_failed` where `If-Match` names another version of the configuration than that in force. */
export function assertInForce(
  { version }: Pick<Configuration, 'version'>,
  ifMatch: string | undefined,
): void {
  if (ifMatch === undefined || ifMatch === String(version)) return;
  throw new ApiProblem(
    'precondition_failed',
    'The configuration was changed since it was read. Read it again.',
  );
}
