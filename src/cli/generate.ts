/** Writes the pages of commands, endpoints and metrics: `node --import tsx src/cli/generate.ts`. */
import { writeFileSync } from 'node:fs';
import { renderEndpointTable } from '../admin/api/endpoint_table.ts';
import { renderMetricTable } from '../http/metrics/metric_table.ts';
import { renderCommandTable } from './command_table.ts';
import { buildProgram } from './program.ts';

const pages = {
  'commands.md': renderCommandTable(await buildProgram()),
  'endpoints.md': renderEndpointTable(),
  'metrics.md': renderMetricTable(),
};
for (const [name, text] of Object.entries(pages))
  writeFileSync(new URL(`../../docs/generated/${name}`, import.meta.url), text);
