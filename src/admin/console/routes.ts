import { showOverview } from './overview_page.ts';
import type { ConsoleRoute } from './route.ts';

/** Every page of the console and every form: none is served that does not say here what it takes. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '', scope: 'curfew:read', handle: showOverview },
];
