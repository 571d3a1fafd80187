import {
  disableAccount,
  deleteAccount,
  enableAccount,
  endAccess,
  resetMfa,
} from './accounts/change_access.ts';
import { createAccount } from './accounts/create_account.ts';
import { listAccounts } from './accounts/list_accounts.ts';
import { readAccount } from './accounts/read_account.ts';
import { replaceRoles } from './accounts/replace_roles.ts';
import { createPasswordLink, mailPasswordLink, unlockAccount } from './accounts/sign_in_help.ts';
import { exportAuditEvents } from './audit/export_audit_events.ts';
import { listAuditEvents } from './audit/list_audit_events.ts';
import { verifyAuditTrail } from './audit/verify_audit_trail.ts';
import { deleteClient, disableClient, enableClient, rotateClientSecret } from './clients/client_access.ts';
import { listClients, readClient } from './clients/read_clients.ts';
import { createClient, replaceClient } from './clients/write_clients.ts';
import {
  deletePolicy,
  listPolicies,
  previewPolicy,
  readPolicy,
  writePolicy,
} from './configuration/policy_routes.ts';
import { listResources, listRoles, listScopes } from './configuration/read_routes.ts';
import {
  compareConfigurationVersions,
  listConfigurationVersions,
  previewRevert,
  revertToVersion,
} from './configuration/version_routes.ts';
import { applyConfiguration, previewConfiguration, readConfiguration } from './configuration/whole_routes.ts';
import { listKeys, removeKey, rotateKeys } from './keys/key_routes.ts';
import { endLease, listLeases } from './leases/lease_routes.ts';
import { explainLimits } from './limits/explain_limits.ts';
import { listRoleLimits } from './limits/list_role_limits.ts';
import { listNotices, replayNotices } from './notices/notice_routes.ts';
import { readCompliance, readCompliancePage } from './reports/read_compliance.ts';
import { readControls } from './reports/read_controls.ts';
import { readIdleHoldings } from './reports/read_idle_holdings.ts';
import { readMonthly, readMonthlyPage } from './reports/read_monthly.ts';
import { readTimeouts } from './reports/read_timeouts.ts';
import { readUsage } from './reports/read_usage.ts';
import type { Route } from './route.ts';
import {
  endFamily,
  endSession,
  listFamilies,
  listSessions,
  readFamily,
  readSession,
} from './sessions/live_routes.ts';

/** Every route of the API: what it serves, and what its description says. */
export const routes: readonly Route[] = [
  listAccounts,
  createAccount,
  readAccount,
  deleteAccount,
  replaceRoles,
  disableAccount,
  enableAccount,
  endAccess,
  resetMfa,
  createPasswordLink,
  mailPasswordLink,
  unlockAccount,
  listSessions,
  readSession,
  endSession,
  listFamilies,
  readFamily,
  endFamily,
  listLeases,
  endLease,
  explainLimits,
  listRoleLimits,
  listPolicies,
  readPolicy,
  previewPolicy,
  writePolicy,
  deletePolicy,
  listRoles,
  listScopes,
  listResources,
  listClients,
  createClient,
  readClient,
  replaceClient,
  deleteClient,
  disableClient,
  enableClient,
  rotateClientSecret,
  readConfiguration,
  previewConfiguration,
  applyConfiguration,
  listConfigurationVersions,
  compareConfigurationVersions,
  previewRevert,
  revertToVersion,
  listAuditEvents,
  exportAuditEvents,
  verifyAuditTrail,
  listNotices,
  replayNotices,
  listKeys,
  rotateKeys,
  removeKey,
  readCompliance,
  readCompliancePage,
  readTimeouts,
  readUsage,
  readIdleHoldings,
  readControls,
  readMonthly,
  readMonthlyPage,
];
