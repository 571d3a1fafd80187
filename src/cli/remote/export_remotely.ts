import { renderExport } from '../export.ts';
import { printText } from '../print_text.ts';
import type { Json } from './admin_api.ts';
import type { RemoteCall } from './remote_command.ts';

/** Write the configuration of a server as a file: the same text as beside its database. */
export async function exportRemotely({ api, options: { output, schema } }: RemoteCall): Promise<undefined> {
  const { configuration, version, disabled_clients: disabled } = await api.read('/configuration');
  const text = renderExport(configuration as Json, {
    version: Number(version),
    schema: String(schema),
    secretHashes: false,
    disabledClients: disabled as string[],
  });
  printText(text, output as string | undefined);
}
