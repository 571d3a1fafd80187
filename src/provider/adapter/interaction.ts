import { hashToken } from '../../credentials/token_hash.ts';
import { findRequestContext } from '../request_context.ts';
import { artifactAdapter } from './artifact.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';

/**
 * Interactions: found only from the browser that began them. The library knows it by cookies that hold for one path,
 * which another host of the domain could set, too; who has begun could then go on where somebody else signs in.
 */
export function interactionAdapter(dependencies: AdapterDependencies): ModelAdapter {
  const artifacts = artifactAdapter('Interaction', dependencies);
  return {
    ...artifacts,
    async find(id) {
      const found = await artifacts.find?.(id);
      if (!found || found.browser !== hashOfBrowser()) return undefined;
      return found;
    },
    async upsert(id, payload, ttl) {
      const { browser } = findRequestContext() ?? {};
      if (browser) browser.hasBegun = true;
      await artifacts.upsert?.(id, { ...payload, browser: hashOfBrowser() }, ttl);
    },
  };
}

function hashOfBrowser(): string | undefined {
  const { browser } = findRequestContext() ?? {};
  return browser && hashToken(browser.token).toString('base64url');
}
