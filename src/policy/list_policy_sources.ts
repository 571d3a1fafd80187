import type { Configuration } from '../domain/configuration.ts';

/** Whom and what limits are asked for; names that the configuration no longer knows set nothing. */
export interface LimitSubject {
  roles?: readonly string[];
  clientIds?: readonly string[];
  resources?: readonly string[];
  scopes?: readonly string[];
}

/** What brings a policy to a subject. */
export interface PolicySource {
  kind: 'role' | 'client' | 'resource' | 'scope';
  name: string;
  policy: string;
}

/** Whatever brings a policy to a subject, in the order in which policies count: roles, clients, resources, scopes. */
export function listPolicySources(configuration: Configuration, subject: LimitSubject): PolicySource[] {
  const { roles, clients, resources, scopes } = configuration;
  const sources: PolicySource[] = [];
  const add = (kind: PolicySource['kind'], name: string, policy: string | undefined) => {
    if (policy !== undefined) sources.push({ kind, name, policy });
  };
  for (const name of subject.roles ?? []) add('role', name, roles.get(name)?.policy);
  for (const name of subject.clientIds ?? []) add('client', name, clients.get(name)?.policy);
  for (const name of subject.resources ?? []) add('resource', name, resources.get(name)?.policy);
  for (const name of subject.scopes ?? []) add('scope', name, scopes.get(name)?.policy);
  return sources;
}
