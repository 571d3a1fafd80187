import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

const recipes = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8');
const env = {
  BOOKKEEPING_SECRET: 'secret of the bookkeeping app',
  KIM_PASSWORD: 'password of somebody called kim',
};

describe('the recipes', () => {
  let test: TestDatabase;
  beforeEach(async () => {
    test = await createTestDatabase();
  });
  afterEach(() => test.drop());

  const sections = recipes.split(/^## /m).slice(1);
  const snippets = sections.flatMap((section) => {
    const [title = ''] = section.split('\n');
    return [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => ({ title, text }));
  });

  it('are there', () => assert.ok(snippets.length >= 5));
  for (const { title, text } of snippets) {
    it(`can be applied as they stand: ${title}`, async () => {
      const { ended } = await test.database.transaction((tx) =>
        applyConfiguration(tx, parseConfigurationFile(text, { env }), { origin: { actor: 'test' } }),
      );
      assert.deepEqual(ended, { sessions: 0, families: 0 });
    });
  }
});
