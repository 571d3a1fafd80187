import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { renderEndpointTable } from '../../src/admin/api/endpoint_table.ts';
import { renderCommandTable } from '../../src/cli/command_table.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { renderMetricTable } from '../../src/http/metrics/metric_table.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/generated/${name}`, import.meta.url), 'utf8');

describe('the pages of commands, endpoints and metrics', () => {
  const pages = {
    'commands.md': async () => renderCommandTable(await buildProgram()),
    'endpoints.md': renderEndpointTable,
    'metrics.md': renderMetricTable,
  };
  for (const [name, render] of Object.entries(pages)) {
    it(`are generated, and current: ${name}`, async () => {
      assert.equal(read(name), await render(), 'run node --import tsx src/cli/generate.ts');
    });
  }

  it('have a description of everything', async () => {
    for (const render of [pages['commands.md'], pages['endpoints.md']])
      assert.doesNotMatch(await render(), /^\| `[^|]+` \| {2}\|/m);
    assert.doesNotMatch(renderMetricTable(), /\| {2}\|$/m);
    assert.match(renderCommandTable(await buildProgram()), /^\| `curfew session show <id>` \| \w/m);
  });
});
