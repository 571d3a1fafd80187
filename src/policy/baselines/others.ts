import { absoluteWithin, asks, baseline, idleWithin } from './baseline.ts';
import type { Baseline } from './baseline.ts';

/** Health data, what governments and the Center for Internet Security say of applications, and FAPI. */
export const otherBaselines: readonly Baseline[] = [
  baseline(
    {
      id: 'fapi2',
      source: 'FAPI 2.0 Security Profile',
      title: 'Apps that read and write what is worth much',
    },
    {
      sender_constrained: asks(
        { kind: 'bound_tokens' },
        'Access tokens are bound to a key of their app.',
        '5.3.2.1',
      ),
      rotation: asks({ kind: 'unrotated' }, 'Refresh tokens are not rotated.', '5.3.2.1'),
      code_lifetime: asks(
        { kind: 'authorization_code_lifetime', seconds: 60 },
        'An authorization code lives 60 seconds at most.',
        '5.3.2.1',
      ),
      request_uri_lifetime: asks(
        { kind: 'request_uri_lifetime', seconds: 599 },
        'A pushed authorization request lives less than 600 seconds.',
        '5.3.2.2',
      ),
    },
  ),
  baseline(
    { id: 'hipaa', source: '45 CFR 164.312', title: 'Electronic protected health information' },
    {
      // The rule gives no number, and is addressable: not doing it needs a written reason.
      idle: asks(
        { kind: 'written', fields: ['session_idle', 'refresh_idle'] },
        'A session ends after a predetermined time of inactivity: set, and documented.',
        '(a)(2)(iii)',
        'should',
      ),
    },
  ),
  baseline(
    { id: 'disa-asd-user', source: 'DISA ASD STIG V6', title: 'Users' },
    {
      idle: idleWithin(900, 'Signed out after 15 minutes without activity.', {
        section: 'V-222389',
        modality: 'must',
      }),
    },
  ),
  baseline(
    { id: 'disa-asd-admin', source: 'DISA ASD STIG V6', title: 'Administrators' },
    {
      idle: idleWithin(600, 'Signed out after 10 minutes without activity.', {
        section: 'V-222390',
        modality: 'must',
      }),
    },
  ),
  baseline(
    { id: 'cis-m365-admin', source: 'CIS Microsoft 365 Foundations v4', title: 'Administrators' },
    {
      absolute: absoluteWithin(14_400, 'Signing in again after 4 hours at most.', {
        section: '5.2.2.4',
        modality: 'must',
      }),
      mfa: asks({ kind: 'mfa' }, 'Two factors at every sign-in.', '5.2.2.4'),
    },
  ),
  baseline(
    { id: 'cis-m365-unmanaged', source: 'CIS Microsoft 365 Foundations v4', title: 'Unmanaged devices' },
    {
      idle: idleWithin(10_800, 'Signed out after 3 hours without activity.', {
        section: '1.3.2',
        modality: 'must',
      }),
    },
  ),
  baseline(
    { id: 'cisa-scuba-gws', source: 'CISA SCuBA', title: 'Google Workspace users' },
    {
      absolute: absoluteWithin(43_200, 'Signing in again after 12 hours.', {
        section: 'GWS.COMMONCONTROLS.4.1',
        modality: 'must',
      }),
    },
  ),
];
