import type { Branding } from '../domain/configuration.ts';
import type { Assets } from '../http/assets.ts';
import type { PageContext } from '../../views/layout.ts';

/** What every page is given: the product's name and logo as configured, and the addresses of its files. */
export function createPageContext(branding: Branding, assets: Assets): PageContext {
  return {
    branding: { name: branding.name ?? 'Curfew', ...(branding.logoUri ? { logoUrl: branding.logoUri } : {}) },
    assetUrl: (name) => assets.url(name),
  };
}
