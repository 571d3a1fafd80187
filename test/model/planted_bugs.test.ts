import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plantBug } from './plant_bug.ts';
import { plantedBugs } from './planted_bugs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the planted bugs', () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'curfew-planted-'));
    for (const folder of ['src', 'migrations'])
      cpSync(join(root, folder), join(copy, folder), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  for (const bug of plantedBugs) {
    it(`fit into the source as it is: ${bug.name}`, () => {
      plantBug(copy, bug);
      for (const { file, to } of bug.edits)
        if (typeof file === 'string') assert.ok(readFileSync(join(copy, file), 'utf8').includes(to));
    });
  }

  it('are refused where the source says something else', () => {
    const edits = [{ file: 'src/app.ts', from: 'what nobody ever wrote', to: '' }];
    assert.throws(() => plantBug(copy, { name: 'nothing', edits }), /cannot be planted/);
  });
});
