import { loadConfiguration, readConfigurationVersion } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';

/** The configuration in force, kept in memory and never trusted beyond the version a request's own load tells. */
export interface ConfigurationSource {
  /** The last reading; at most about a second old while the database answers. */
  current(): LoadedConfiguration;
  /** A reading at least as new as `version`; loads only when the last one is older. */
  atLeast(version: number): Promise<LoadedConfiguration>;
  /** As a transaction sees it: the last reading, where that is of the very version; else read in it. */
  within(tx: Queryable): Promise<LoadedConfiguration>;
  /** Ask the database for the version every `milliseconds`. Call the result to stop. */
  poll(milliseconds: number, onError: (error: unknown) => void): () => void;
}

export async function createConfigurationSource(db: Queryable): Promise<ConfigurationSource> {
  let latest = await loadConfiguration(db);
  let loading: Promise<LoadedConfiguration> | undefined;

  async function reload(): Promise<LoadedConfiguration> {
    loading ??= loadConfiguration(db).finally(() => {
      loading = undefined;
    });
    const loaded = await loading;
    if (loaded.version > latest.version) latest = loaded;
    return latest;
  }

  return {
    current: () => latest,
    async atLeast(version) {
      while (latest.version < version) await reload();
      return latest;
    },
    async within(tx) {
      const known = latest;
      return (await readConfigurationVersion(tx)) === known.version ? known : await loadConfiguration(tx);
    },
    poll(milliseconds, onError) {
      const timer = setInterval(() => {
        readConfigurationVersion(db)
          .then((version) => (version > latest.version ? reload() : undefined))
          .catch(onError);
      }, milliseconds);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
