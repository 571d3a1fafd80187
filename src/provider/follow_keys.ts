import type { KeySet, KeySource } from './key_source.ts';

/**
 * What is built of the keys, built anew when they are others. A request that is under way goes on with what it has:
 * its keys are published still.
 */
export function followKeys<Built>(
  source: Pick<KeySource, 'current'>,
  build: (keys: KeySet) => Built,
): () => Built {
  let built: { keys: KeySet; result: Built } | undefined;
  return () => {
    const keys = source.current();
    if (built?.keys !== keys) built = { keys, result: build(keys) };
    return built.result;
  };
}
