import { accountChangeRoutes } from './account_change_page.ts';
import { showAccount } from './account_page.ts';
import { showAccounts } from './accounts_page.ts';
import { exportCsv, exportJson, showAudit } from './audit_page.ts';
import { clientChangeRoutes } from './client_change_page.ts';
import { showClient, showClients } from './clients_page.ts';
import { showEndSessions, submitEndSessions } from './end_sessions_page.ts';
import { exportFrontier, showFrontier } from './frontier_page.ts';
import { showHistory, showRevert, showVersion, submitRevert } from './history_page.ts';
import { showKeyRemoval, showKeys, showRotation, submitKeyRemoval, submitRotation } from './keys_page.ts';
import { showNewAccount, submitNewAccount } from './new_account_page.ts';
import { showNewClient, submitNewClient } from './new_client_page.ts';
import { showNotices, showReplay, submitReplay } from './notices_page.ts';
import { exportControls, showControls } from './controls_page.ts';
import { showExplanation } from './explain_page.ts';
import { exportIdleHoldings, showIdleHoldings } from './idle_holdings_page.ts';
import { exportMonth, exportMonthPage, showMonth } from './monthly_page.ts';
import { showOverview } from './overview_page.ts';
import { showNewPolicy, showPolicies, showPolicy } from './policies_page.ts';
import { showPolicyForm, showPolicyPreview, submitPolicy } from './policy_change_page.ts';
import { exportCompliance, showReports } from './reports_page.ts';
import { showRoles } from './roles_page.ts';
import type { ConsoleRoute } from './route.ts';
import { showSessions } from './sessions_page.ts';
import { exportTimeouts, showTimeouts } from './timeouts_page.ts';
import { exportUsage, showUsage } from './usage_page.ts';

/** Every page of the console and every form: none is served that does not say here what it takes. */
export const routes: readonly ConsoleRoute[] = [
  { method: 'GET', path: '', scope: 'curfew:read', handle: showOverview },
  { method: 'GET', path: '/sessions', scope: 'curfew:read', handle: showSessions },
  { method: 'GET', path: '/sessions/end', scope: 'curfew:write', handle: showEndSessions },
  { method: 'POST', path: '/sessions/end', scope: 'curfew:write', handle: submitEndSessions },
  { method: 'GET', path: '/accounts', scope: 'curfew:read', handle: showAccounts },
  { method: 'GET', path: '/accounts/{account_id}', scope: 'curfew:read', handle: showAccount },
  ...accountChangeRoutes,
  { method: 'GET', path: '/new-account', scope: 'curfew:write', handle: showNewAccount },
  { method: 'POST', path: '/new-account', scope: 'curfew:write', handle: submitNewAccount },
  { method: 'GET', path: '/policies', scope: 'curfew:read', handle: showPolicies },
  { method: 'GET', path: '/new-policy', scope: 'curfew:read', handle: showNewPolicy },
  { method: 'GET', path: '/policies/{name}', scope: 'curfew:read', handle: showPolicy },
  { method: 'GET', path: '/policies/{name}/edit', scope: 'curfew:read', handle: showPolicyForm },
  { method: 'GET', path: '/policies/{name}/preview', scope: 'curfew:read', handle: showPolicyPreview },
  { method: 'POST', path: '/policies/{name}', scope: 'curfew:write', handle: submitPolicy },
  { method: 'GET', path: '/roles', scope: 'curfew:read', handle: showRoles },
  { method: 'GET', path: '/explain', scope: 'curfew:read', handle: showExplanation },
  { method: 'GET', path: '/clients', scope: 'curfew:read', handle: showClients },
  { method: 'GET', path: '/clients/{client_id}', scope: 'curfew:read', handle: showClient },
  ...clientChangeRoutes,
  { method: 'GET', path: '/new-client/{kind}', scope: 'curfew:write', handle: showNewClient },
  { method: 'POST', path: '/new-client/{kind}', scope: 'curfew:write', handle: submitNewClient },
  { method: 'GET', path: '/history', scope: 'curfew:read', handle: showHistory },
  { method: 'GET', path: '/history/{version}', scope: 'curfew:read', handle: showVersion },
  { method: 'GET', path: '/history/{version}/revert', scope: 'curfew:read', handle: showRevert },
  { method: 'POST', path: '/history/{version}/revert', scope: 'curfew:write', handle: submitRevert },
  { method: 'GET', path: '/audit', scope: 'curfew:read', handle: showAudit },
  { method: 'GET', path: '/audit.csv', scope: 'curfew:read', handle: exportCsv },
  { method: 'GET', path: '/audit.json', scope: 'curfew:read', handle: exportJson },
  { method: 'GET', path: '/keys', scope: 'curfew:read', handle: showKeys },
  { method: 'GET', path: '/keys/rotate', scope: 'curfew:write', handle: showRotation },
  { method: 'POST', path: '/keys/rotate', scope: 'curfew:write', handle: submitRotation },
  { method: 'GET', path: '/keys/{key_id}/remove', scope: 'curfew:write', handle: showKeyRemoval },
  { method: 'POST', path: '/keys/{key_id}/remove', scope: 'curfew:write', handle: submitKeyRemoval },
  { method: 'GET', path: '/notices', scope: 'curfew:read', handle: showNotices },
  { method: 'GET', path: '/notices/replay', scope: 'curfew:write', handle: showReplay },
  { method: 'POST', path: '/notices/replay', scope: 'curfew:write', handle: submitReplay },
  { method: 'GET', path: '/reports', scope: 'curfew:read', handle: showReports },
  { method: 'GET', path: '/reports/compliance.html', scope: 'curfew:read', handle: exportCompliance },
  { method: 'GET', path: '/reports/usage', scope: 'curfew:read', handle: showUsage },
  { method: 'GET', path: '/reports/usage.csv', scope: 'curfew:read', handle: exportUsage },
  { method: 'GET', path: '/reports/usage/{name}', scope: 'curfew:read', handle: showFrontier },
  { method: 'GET', path: '/reports/usage/{name}/frontier.csv', scope: 'curfew:read', handle: exportFrontier },
  { method: 'GET', path: '/reports/timeouts', scope: 'curfew:read', handle: showTimeouts },
  { method: 'GET', path: '/reports/timeouts.csv', scope: 'curfew:read', handle: exportTimeouts },
  { method: 'GET', path: '/reports/idle-holdings', scope: 'curfew:read', handle: showIdleHoldings },
  { method: 'GET', path: '/reports/idle-holdings.csv', scope: 'curfew:read', handle: exportIdleHoldings },
  { method: 'GET', path: '/reports/controls', scope: 'curfew:read', handle: showControls },
  { method: 'GET', path: '/reports/controls.csv', scope: 'curfew:read', handle: exportControls },
  { method: 'GET', path: '/reports/monthly', scope: 'curfew:read', handle: showMonth },
  { method: 'GET', path: '/reports/monthly.html', scope: 'curfew:read', handle: exportMonthPage },
  { method: 'GET', path: '/reports/monthly.csv', scope: 'curfew:read', handle: exportMonth },
];
