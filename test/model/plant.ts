/**
 * Does the model find mistakes? Each planted bug goes into a copy of the source, whose server is driven beside
 * the model until they differ: `npm run test:planted`. Exit code 1: one was not found.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plantBug } from './plant_bug.ts';
import { plantedBugs } from './planted_bugs.ts';
import type { PlantedBug } from './planted_bugs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = ['src', 'views', 'migrations', 'test', 'package.json'];
const { values } = parseArgs({
  options: { commands: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}`);
const original = makeCopy(root);
for (const bug of plantedBugs) {
  const found = findBug(bug);
  console.log(`${found === undefined ? 'NOT FOUND' : `found after ${found} commands`}: ${bug.name}`);
  if (found === undefined) process.exitCode = 1;
}
rmSync(original, { recursive: true });

/** The source as it is now; whoever works on it meanwhile changes nothing here. */
function makeCopy(from: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'curfew-planted-'));
  for (const name of copied) cpSync(join(from, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** After how many commands the model differs from a server with the bug; undefined: never. */
function findBug(bug: PlantedBug): number | undefined {
  const copy = makeCopy(original);
  try {
    plantBug(copy, bug);
    const options = ['--commands', values.commands, '--seed', seed];
    const run = spawnSync(process.execPath, ['--import', 'tsx', 'test/model/main.ts', ...options], {
      cwd: copy,
      encoding: 'utf8',
    });
    const [, verdict, count] = /^(no|a) difference after (\d+) commands/m.exec(run.stdout) ?? [];
    if (!verdict) throw new Error(`The run crashed: ${run.stdout}${run.stderr}`);
    return verdict === 'a' ? Number(count) : undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
