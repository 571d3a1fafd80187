import { Problem } from '../domain/problems.ts';
import { isOutage } from '../store/database.ts';

/** Say on stderr why it could not be done; returns the exit code. Faults of ours keep their stack. */
export function reportFailure(error: unknown): number {
  const known =
    error instanceof Problem || (error as { name?: string } | null)?.name === 'EmbeddedPostgresProblem';
  if (known) process.stderr.write(`${(error as Error).message}\n`);
  else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    const { port } = error as { port?: number };
    process.stderr.write(`Port ${port ?? ''} is taken: set CURFEW_PORT to another.\n`);
  } else if (isOutage(error))
    process.stderr.write(`The database cannot be reached: ${(error as Error).message}\n`);
  else process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  return 1;
}
