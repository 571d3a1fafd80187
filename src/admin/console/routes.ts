import { showEndSessions, submitEndSessions } from './end_sessions_page.ts';
import { showOverview } from './overview_page.ts';
import { showNewPolicy, showPolicies, showPolicy } from './policies_page.ts';
import { showPolicyForm, showPolicyPreview, submitPolicy } from './policy_change_page.ts';
import type { ConsoleRoute } from './route.ts';
import { showSessions } from './sessions_page.ts';

/** Every page of the console and every form: none is served that does not say here what it takes. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '', scope: 'curfew:read', handle: showOverview },
  { method: 'GET', path: '/sessions', scope: 'curfew:read', handle: showSessions },
  { method: 'GET', path: '/sessions/end', scope: 'curfew:write', handle: showEndSessions },
  { method: 'POST', path: '/sessions/end', scope: 'curfew:write', handle: submitEndSessions },
  { method: 'GET', path: '/policies', scope: 'curfew:read', handle: showPolicies },
  { method: 'GET', path: '/new-policy', scope: 'curfew:read', handle: showNewPolicy },
  { method: 'GET', path: '/policies/{name}', scope: 'curfew:read', handle: showPolicy },
  { method: 'GET', path: '/policies/{name}/edit', scope: 'curfew:read', handle: showPolicyForm },
  { method: 'GET', path: '/policies/{name}/preview', scope: 'curfew:read', handle: showPolicyPreview },
  { method: 'POST', path: '/policies/{name}', scope: 'curfew:write', handle: submitPolicy },
];
