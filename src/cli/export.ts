import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { renderJsonSchema } from '../config/json_schema.ts';
import { writeConfigurationDocument, writeConfigurationFile } from '../config/write_configuration_file.ts';
import { desireConfiguration } from '../domain/desire_configuration.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import { withDatabase } from './open_database.ts';
import { printText } from './print_text.ts';

interface ExportOptions {
  output?: string;
  schema: string;
  secretHashes?: true;
}

const usualSchema = 'curfew.schema.json';

export function addExportCommands(program: Command): void {
  program
    .command('export')
    .description('write the configuration as curfew apply takes it, without secrets and accounts')
    .option('--output <file>', 'write it there instead of to standard output')
    .option('--schema <place>', 'path or URL of the schema that editors check the file by', usualSchema)
    .option('--secret-hashes', "with the SHA-256 of each client's secret, for another database")
    .action(async (options: ExportOptions) => {
      await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
        printText(describeConfiguration(await loadConfiguration(database), options), options.output);
      });
    });
  program
    .command('schema')
    .description('write the JSON Schema of the configuration file, for editors')
    .option('--output <file>', 'write it there instead of to standard output')
    .action(({ output }: { output?: string }) => printText(renderJsonSchema(), output));
}

/** The same text for the same configuration, whenever it is asked for. */
export function describeConfiguration(
  configuration: LoadedConfiguration,
  { schema, secretHashes = false }: Pick<ExportOptions, 'schema'> & { secretHashes?: boolean },
): string {
  const disabled = [...configuration.clients.values()].filter((client) => client.disabled);
  return renderExport(writeConfigurationDocument(desireConfiguration(configuration), { secretHashes }), {
    version: configuration.version,
    schema,
    secretHashes,
    disabledClients: disabled.map(({ clientId }) => clientId),
  });
}

/** The file of a configuration that is written already, by this database or by a server. */
export function renderExport(
  written: Record<string, unknown>,
  {
    version,
    schema,
    secretHashes,
    disabledClients,
  }: { version: number; schema: string; secretHashes: boolean; disabledClients: readonly string[] },
): string {
  const secrets = secretHashes
    ? 'Of secrets it holds the hashes: keep it as you keep those.'
    : 'It holds no secrets: client_secret_stored keeps the stored one.';
  return writeConfigurationFile(written, {
    header: [
      `yaml-language-server: $schema=${schema}`,
      ...(schema === usualSchema ? [`\`curfew schema --output ${usualSchema}\` writes that schema.`] : []),
      '',
      `Version ${version} of the configuration, as curfew apply takes it.`,
      `${secrets} Accounts are not part of it.`,
    ],
    disabledClients: new Set(disabledClients),
  });
}
