import { z } from 'zod';
import { sections } from './sections.ts';

/** The part of JSON Schema that the file's schema uses. `x-…` are notes for the table of keys. */
export interface JsonSchema {
  description?: string;
  type?: string;
  enum?: readonly string[];
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  'x-type'?: string;
  'x-default'?: string;
  'x-stricter'?: string;
}

/** The configuration file as JSON Schema draft 7, which most editors read. */
export function buildJsonSchema(): JsonSchema {
  const shape = Object.fromEntries(
    Object.entries(sections).map(([name, { schema }]) => [name, schema.optional()]),
  );
  const file = z.strictObject(shape).meta({
    title: 'Curfew configuration',
    description: 'A section that is left out changes nothing.',
  });
  return z.toJSONSchema(file, { io: 'input', target: 'draft-7' }) as JsonSchema;
}

/** As it is published: without the notes, which strict validators refuse. */
export function renderJsonSchema(): string {
  const withoutNotes = (key: string, value: unknown) => (key.startsWith('x-') ? undefined : value);
  return `${JSON.stringify(buildJsonSchema(), withoutNotes, 2)}\n`;
}
