import { deliveryMethods, paths } from './paths.ts';

/** The transmitter's metadata (SSF 1.0 §7.1). */
export function describeTransmitter(issuer: string): Record<string, unknown> {
  return {
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}${paths.keys}`,
    delivery_methods_supported: [deliveryMethods.push, deliveryMethods.poll],
    configuration_endpoint: `${issuer}${paths.streams}`,
    status_endpoint: `${issuer}${paths.status}`,
    add_subject_endpoint: `${issuer}${paths.addSubject}`,
    remove_subject_endpoint: `${issuer}${paths.removeSubject}`,
    verification_endpoint: `${issuer}${paths.verification}`,
    // A receiver that knows the user and not the session would end too much: it must see both.
    critical_subject_members: ['session', 'user'],
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  };
}
