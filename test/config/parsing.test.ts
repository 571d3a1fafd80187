import assert from 'node:assert/strict';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import type { ConfigurationFile } from '../../src/config/configuration_file.ts';
import { Problem } from '../../src/domain/problems.ts';

export const environment = { SHOP_SECRET: 'the secret of the shop', ADA_PASSWORD: 'the password of ada' };

/** Parse a file, given as YAML or as the value that it stands for: JSON is YAML. */
export function parse(file: unknown, env: NodeJS.ProcessEnv = environment): ConfigurationFile {
  return parseConfigurationFile(typeof file === 'string' ? file : JSON.stringify(file), { env });
}

/** The message's lines; none where the file is valid. */
export function faultsOf(file: unknown, env: NodeJS.ProcessEnv = environment): string[] {
  try {
    parse(file, env);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, 'configuration_invalid');
    return error.message.split('\n');
  }
  return [];
}
