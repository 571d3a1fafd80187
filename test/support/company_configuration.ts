import type { Configuration, DesiredConfiguration } from '../../src/domain/configuration.ts';
import type { Limits } from '../../src/domain/policies.ts';
import type { Department } from '../../src/dev/company/departments.ts';
import { client } from './example_configuration.ts';

/** A policy and a role for each department, whose idle limits in seconds are given, and the clients. */
export function companyConfiguration(
  departments: readonly Department[],
  idleOf: (department: Department) => number,
): DesiredConfiguration {
  const limitsOf = (department: Department): Partial<Limits> => ({
    access_token_ttl: 300,
    refresh_idle: idleOf(department),
    refresh_absolute: 43_200,
    session_idle: idleOf(department),
    session_absolute: 43_200,
    mfa: department.habit === 'on_call' ? 'always' : 'none',
    activity: department.habit === 'watching' ? 'reported' : 'any_refresh',
  });
  const clientIds = new Set(departments.map(({ clientId }) => clientId));
  return {
    policies: new Map(departments.map((each) => [each.name, { limits: limitsOf(each), baselines: [] }])),
    roles: new Map(departments.map(({ name }) => [name, { name, policy: name }])),
    clients: new Map([...clientIds].map((clientId) => [clientId, client(clientId, { scope: 'openid' })])),
  };
}

/** The same as a server would load it. */
export function toConfiguration(
  departments: readonly Department[],
  idleOf: (department: Department) => number,
): Configuration {
  const {
    policies = new Map(),
    roles = new Map(),
    clients = new Map(),
  } = companyConfiguration(departments, idleOf);
  return {
    version: 1,
    policies: new Map([...policies].map(([name, policy]) => [name, { ...policy, name, version: 1 }])),
    roles,
    scopes: new Map(),
    resources: new Map(),
    clients: new Map([...clients].map(([clientId, each]) => [clientId, { ...each, disabled: false }])),
  };
}
