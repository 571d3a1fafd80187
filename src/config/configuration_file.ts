import { Problem } from '../domain/problems.ts';
import { checkBaselines } from './baselines.ts';
import type { KnownBaselines } from './baselines.ts';
import { checkText } from './check_text.ts';
import { digestConfiguration } from './digest.ts';
import { formatFault, joinPath } from './faults.ts';
import type { Fault } from './faults.ts';
import { checkReferences } from './references.ts';
import type { UnresolvedReference } from './references.ts';
import { isMapping } from './section.ts';
import { sectionNames, sections } from './sections.ts';
import type { SectionValues } from './sections.ts';
import { listWarnings } from './warnings.ts';
import { readYaml } from './yaml_document.ts';

/** A file without faults; an absent section is absent here too. */
export interface ConfigurationFile extends SectionValues {
  /** What is allowed but hardly meant, by path. */
  warnings: readonly Fault[];
  /** Names of absent sections, which only the database can vouch for. */
  unresolved: readonly UnresolvedReference[];
  /** Changes with what the file says and with the secrets it names, not with its layout. */
  digest: string;
}

export interface ParseOptions {
  /** Holds the secrets that the file names; undefined: it may name none. */
  env: NodeJS.ProcessEnv | undefined;
  /** Named in the faults of the YAML itself. */
  path?: string;
  /** What policies can claim and deviations excuse; absent: anything. */
  known?: KnownBaselines;
}

/**
 * Read a configuration file. Throws one Problem `configuration_invalid` whose message has a line for
 * each fault, `path: what is wrong`; no line repeats a secret.
 */
export function parseConfigurationFile(text: string, options: ParseOptions): ConfigurationFile {
  const document = readYaml(text, options.path);
  if ('faults' in document) throw invalid(document.faults);
  return readConfiguration(document.value, options);
}

/** The same of what was no file, but came as JSON. */
export function readConfigurationDocument(
  document: unknown,
  options: Omit<ParseOptions, 'path'>,
): ConfigurationFile {
  const faults = checkText(document);
  if (faults.length > 0) throw invalid(faults);
  return readConfiguration(document, options);
}

function readConfiguration(file: unknown, options: ParseOptions): ConfigurationFile {
  if (!isMapping(file)) throw invalid([{ path: '', message: 'the file must be a mapping of sections' }]);
  const { values, faults } = readSections(file, options.env);
  const references = checkReferences(file);
  if (options.known) faults.push(...checkBaselines(values, options.known));
  if (faults.length + references.faults.length > 0) throw invalid([...faults, ...references.faults]);
  return {
    ...values,
    warnings: listWarnings(values),
    unresolved: references.unresolved,
    digest: digestConfiguration(values),
  };
}

function readSections(file: Record<string, unknown>, env: NodeJS.ProcessEnv | undefined) {
  const values: SectionValues = {};
  const faults: Fault[] = [];
  for (const name of Object.keys(file)) {
    if (!Object.hasOwn(sections, name)) {
      faults.push({
        path: joinPath('', name),
        message: `is not a section; there are ${sectionNames.join(', ')}`,
      });
    }
  }
  for (const name of sectionNames) {
    if (file[name] === undefined) continue;
    Object.assign(values, { [name]: sections[name].read(file[name], name, { env, faults }) });
  }
  return { values, faults };
}

function invalid(faults: readonly Fault[]): Problem {
  return new Problem('configuration_invalid', faults.map(formatFault).join('\n'));
}
