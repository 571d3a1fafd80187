import assert from 'node:assert/strict';
import { renderCommandTable } from '../../src/cli/command_table.ts';
import { buildProgram } from '../../src/cli/program.ts';

describe('the command curfew, loaded for the command that is asked for', () => {
  it('has that command as the whole has it', async () => {
    const whole = await buildProgram();
    const rows = renderCommandTable(whole).split('\n');
    for (const name of whole.commands.map((command) => command.name())) {
      const part = await buildProgram(name);
      assert.ok(part.commands.length < 3, `${name} brings ${part.commands.length} along`);
      const own = rows.filter((row) => new RegExp(`^\\| \`curfew ${name}[ \`]`).test(row));
      assert.ok(own.length > 0, name);
      for (const row of own) assert.ok(renderCommandTable(part).split('\n').includes(row), row);
    }
  });

  it('has every command where nothing it knows is asked for', async () => {
    const names = async (asked?: string) => (await buildProgram(asked)).commands.map((each) => each.name());
    const every = await names();
    for (const asked of ['--help', 'help', 'nothing-like-it']) assert.deepEqual(await names(asked), every);
  });
});
