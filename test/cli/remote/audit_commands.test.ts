import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { AdminApi } from '../../../src/cli/remote/admin_api.ts';
import { auditCommands } from '../../../src/cli/remote/audit_commands.ts';

describe('curfew audit export --url', () => {
  const exportFrom = async (lines: AsyncIterable<string>) => {
    const [, command] = auditCommands.find(([name]) => name === 'audit export') ?? [];
    assert.ok(command);
    const api = { readLines: async () => await Promise.resolve(lines) } as unknown as AdminApi;
    const refuse = (message: string): never => assert.fail(message);
    await command.run({ api, args: [], options: {}, refuse });
  };
  const cutShort = { code: 'server_unreachable', message: /^The answer was cut short/ };

  it('says so where the answer ends before the checkpoint', async () => {
    await assert.rejects(exportFrom(Readable.from([])), cutShort);
  });

  it('says so where the connection breaks', async () => {
    const broken = Readable.from([]);
    broken.destroy(new Error('terminated'));
    await assert.rejects(exportFrom(broken), cutShort);
  });
});
