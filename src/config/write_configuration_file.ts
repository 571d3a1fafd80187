import { Document, isCollection, isMap, isScalar, isSeq, visit } from 'yaml';
import type { DesiredConfiguration } from '../domain/configuration.ts';
import type { WriteOptions } from './section.ts';
import { sectionNames, sections } from './sections.ts';

export interface FileOptions {
  /** Lines above the first section, without their marks. */
  header: readonly string[];
  /** Clients that are disabled, which no key says. */
  disabledClients: ReadonlySet<string>;
}

/** A list of at most so many characters stands on one line. */
const shortList = 80;

/**
 * The document that wants all this, as `readConfigurationDocument` reads it: the sections in their usual order,
 * entries in that of `desired`. Accounts are not written, and of secrets at most hashes.
 */
export function writeConfigurationDocument(
  desired: DesiredConfiguration,
  options: WriteOptions,
): Record<string, unknown> {
  const entries = sectionNames.flatMap((name): [string, unknown][] => {
    const value = desired[name];
    // Each section writes what it reads; the compiler cannot pair the two across the union.
    const write = sections[name].write as ((value: object, options: WriteOptions) => unknown) | undefined;
    if (!value || !write) return [];
    const written = write(value, options);
    return [[name, written instanceof Map ? Object.fromEntries(written) : written]];
  });
  return Object.fromEntries(entries);
}

/** Such a document as the text of a file, as `parseConfigurationFile` reads it. */
export function writeConfigurationFile(written: Record<string, unknown>, options: FileOptions): string {
  const document = new Document(new Map());
  document.commentBefore = options.header.map((line) => (line ? ` ${line}` : '')).join('\n');
  for (const [name, value] of Object.entries(written))
    document.set(document.createNode(name), document.createNode(value));
  spaceSections(document);
  markDisabled(document.get('clients'), options.disabledClients);
  visit(document, {
    Seq(_, list) {
      const texts = list.items.map((item) => (isScalar(item) ? String(item.value) : undefined));
      list.flow = texts.every((text) => text !== undefined) && texts.join(', ').length <= shortList;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function spaceSections({ contents }: Document): void {
  if (!isMap(contents)) return;
  for (const [index, { key, value }] of contents.items.entries()) {
    if (isScalar(key)) key.spaceBefore = index > 0;
    if (isCollection(value) && value.items.length === 0) value.flow = true;
  }
}

function markDisabled(clients: unknown, disabled: ReadonlySet<string>): void {
  for (const client of isSeq(clients) ? clients.items : []) {
    if (isMap(client) && disabled.has(String(client.get('client_id')))) {
      client.commentBefore = ' disabled, and stays so: a file neither disables nor enables';
    }
  }
}
