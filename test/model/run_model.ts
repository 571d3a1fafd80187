import fc from 'fast-check';
import { counter } from './commands/command.ts';
import { generators } from './commands/commands.ts';
import { openStage } from './server/stage.ts';
import { askControl } from './server/ask_control.ts';
import { beginRun, endRun } from './server/real.ts';

export interface ModelRun {
  /** How many commands are run at least. */
  commands: number;
  seed: number;
  /** Of a failed run, to run it again and nothing else. */
  path?: string | undefined;
  /** Look for a shorter run that fails too. */
  shrinks?: boolean;
}

/** Commands of one run at most. */
const longestRun = 60;

export interface ModelResult {
  commands: number;
  /** What differed, with the seed and path that find it again; undefined: nothing. */
  failure?: string;
}

/** Drive model and server side by side through random commands until there were enough, or they differ. */
export async function runModel({ commands, seed, path, shrinks = false }: ModelRun): Promise<ModelResult> {
  const stage = await openStage();
  const before = counter.commands;
  const done = () => counter.commands - before;
  try {
    const arbitrary = fc.commands(generators, { maxCommands: longestRun, size: 'max' });
    const property = fc.asyncProperty(arbitrary, async (drawn) => {
      if (done() >= commands && !path) return;
      const run = await beginRun(stage);
      try {
        await fc.asyncModelRun(() => run, drawn);
        await askControl(run.real.stage);
      } finally {
        await endRun(run.model, run.real);
      }
    });
    const details = await fc.check(property, {
      seed,
      numRuns: Math.ceil(commands / 5),
      endOnFailure: !shrinks,
      ...(path ? { path } : {}),
    });
    if (!details.failed) return { commands: done() };
    const report = (await fc.asyncDefaultReportMessage(details)) ?? '';
    return {
      commands: done(),
      failure: `${report}\n${String((details.errorInstance as Error | null)?.stack)}`,
    };
  } finally {
    await stage.close();
  }
}
