import { formatFault } from '../../config/faults.ts';
import { Problem } from '../../domain/problems.ts';
import { readConfigurationFile } from '../apply_file.ts';
import type { FileFacts } from './check_configuration_file.ts';

/** Read the configuration file as a start would, with the secrets that the environment has. */
export function examineFile(path: string): FileFacts {
  try {
    const { warnings, digest } = readConfigurationFile(path);
    return { path, faults: [], warnings: warnings.map(formatFault), digest };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { path, faults: error.message.split('\n'), warnings: [], digest: undefined };
  }
}
