import type { RemoteCommand } from './remote_command.ts';

/** Those about the configuration as a file. What reads and writes files is loaded when it is asked for. */
export const fileCommands: readonly [name: string, command: RemoteCommand][] = [
  [
    'apply',
    {
      options: ['dryRun', 'message'],
      run: async (call) => await (await import('./apply_remotely.ts')).applyRemotely(call),
    },
  ],
  [
    'export',
    {
      options: ['output', 'schema'],
      run: async (call) => await (await import('./export_remotely.ts')).exportRemotely(call),
    },
  ],
];
