import { audit } from './schema/audit.ts';
import { branding } from './schema/branding.ts';
import { clients } from './schema/clients.ts';
import { delivery } from './schema/delivery.ts';
import { deviations } from './schema/deviations.ts';
import { keys } from './schema/keys.ts';
import { policies } from './schema/policies.ts';
import { rateLimits } from './schema/rate_limits.ts';
import { resources } from './schema/resources.ts';
import { roles } from './schema/roles.ts';
import { scopes } from './schema/scopes.ts';
import { users } from './schema/users.ts';

/** Every top-level key of the configuration file. Another section is one file more and one line here. */
export const sections = {
  policies,
  roles,
  scopes,
  resources,
  clients,
  users,
  deviations,
  branding,
  rate_limits: rateLimits,
  delivery,
  audit,
  keys,
};
export type SectionName = keyof typeof sections;
export const sectionNames = Object.keys(sections) as SectionName[];

/** What the sections of a file add up to; an absent section has no value. */
export type SectionValues = {
  [Name in SectionName]?: NonNullable<ReturnType<(typeof sections)[Name]['read']>>;
};
