import { z } from 'zod';
import { readConfigurationDocument } from '../../../config/configuration_file.ts';
import type { ConfigurationFile } from '../../../config/configuration_file.ts';
import { buildJsonSchema } from '../../../config/json_schema.ts';
import { lineSchema } from '../../../config/schema/names.ts';
import { writeConfigurationDocument } from '../../../config/write_configuration_file.ts';
import { desireConfiguration } from '../../../domain/desire_configuration.ts';
import { applyAsOperator } from '../../../operations/apply_as_operator.ts';
import type { AppliedByOperator } from '../../../operations/apply_as_operator.ts';
import { rehearse } from '../../../operations/rehearse.ts';
import { baselineCatalogue, requirementCatalogue } from '../../../policy/baselines/catalogue.ts';
import { defineRoute } from '../route.ts';
import { appliedSchema, describeApplied } from './applied_schema.ts';
import { assertInForce } from './assert_in_force.ts';
import { exactQuery } from './end_counts.ts';

/** As long as a configuration file may be. */
const longestBody = 4 * 1024 * 1024;

const documentSchema = z.record(z.string(), z.unknown()).meta({
  description:
    'As a configuration file has it, whose JSON Schema `curfew schema` writes: a section that is left out changes nothing. It names no environment variables: of a secret it has `client_secret_sha256` or `client_secret_stored`, of passwords nothing.',
});
const outcomeSchema = appliedSchema.extend({
  users: z.array(
    z.object({ username: z.string(), kind: z.enum(['added', 'changed']), fields: z.array(z.string()) }),
  ),
});

export const readConfiguration = defineRoute({
  method: 'GET',
  path: '/configuration',
  operationId: 'readConfiguration',
  summary: 'The whole configuration, as `PUT` takes it: without secrets, and without accounts.',
  scope: 'curfew:read',
  answer: z.object({
    version: z.number().int(),
    configuration: documentSchema,
    disabled_clients: z
      .array(z.string())
      .meta({ description: 'Which no key of the configuration says: it neither disables nor enables.' }),
  }),
  isVersioned: true,
  async handle({ configuration }) {
    const { version, clients } = configuration;
    const disabled = [...clients.values()].filter((client) => client.disabled);
    const body = {
      version,
      configuration: writeConfigurationDocument(desireConfiguration(configuration), { secretHashes: false }),
      disabled_clients: disabled.map(({ clientId }) => clientId),
    };
    return { body, version };
  },
});

export const previewConfiguration = defineRoute({
  method: 'POST',
  path: '/configuration/preview',
  operationId: 'previewConfiguration',
  summary: 'What applying this configuration would change and end: done to its end, and undone.',
  scope: 'curfew:read',
  body: z.strictObject({ configuration: documentSchema }),
  longestBody,
  query: exactQuery,
  answer: outcomeSchema,
  problems: ['conflict', 'last_administrator'],
  async handle({ body, query, origin }, { database }) {
    const file = readDocument(body.configuration);
    const how = { origin, countsAll: query.exact === 'true' };
    const applied = await rehearse(database, (tx) => applyAsOperator(tx, file, how));
    return { body: describeOutcome(file, applied) };
  },
});

export const applyConfiguration = defineRoute({
  method: 'PUT',
  path: '/configuration',
  operationId: 'applyConfiguration',
  summary:
    'Make the configuration this one, in one transaction; what is already over under the old one ends first. A client or policy that is missing from its section is removed.',
  scope: 'curfew:write',
  body: z.strictObject({
    configuration: documentSchema.meta({ properties: buildJsonSchema().properties }),
    message: lineSchema(500).exactOptional().meta({ description: 'Why, for the history.' }),
  }),
  longestBody,
  answer: outcomeSchema.extend({ version: z.number().int().meta({ description: 'In force now.' }) }),
  problems: ['conflict', 'last_administrator'],
  isVersioned: true,
  async handle({ tx, configuration, body, ifMatch, origin }) {
    assertInForce(configuration, ifMatch);
    const file = readDocument(body.configuration);
    const applied = await applyAsOperator(tx, file, {
      origin,
      message: body.message,
      current: configuration,
    });
    const { version } = applied.configuration;
    return { body: { ...describeOutcome(file, applied), version }, version };
  },
});

/** Throws Problem `configuration_invalid`. */
function readDocument(document: Record<string, unknown>): ConfigurationFile {
  return readConfigurationDocument(document, {
    env: undefined,
    known: { baselines: baselineCatalogue, requirements: requirementCatalogue },
  });
}

function describeOutcome(file: ConfigurationFile, applied: AppliedByOperator): z.input<typeof outcomeSchema> {
  return {
    ...describeApplied(applied),
    warnings: [...file.warnings, ...applied.warnings],
    users: applied.users,
  };
}
