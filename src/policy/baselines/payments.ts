import { asks, baseline, idleWithin } from './baseline.ts';
import type { Baseline } from './baseline.ts';

/** Cards, and payment accounts in the European Union. Neither has a longest session. */
export const paymentBaselines: readonly Baseline[] = [
  baseline(
    { id: 'pci-dss-4.0.1', source: 'PCI DSS 4.0.1', title: 'Cardholder data' },
    {
      idle: idleWithin(900, 'Signing in again after 15 minutes without activity.', {
        section: '8.2.8',
        modality: 'must',
      }),
      lockout: asks(
        { kind: 'password_attempts', most: 10, lockSeconds: 1800 },
        'After at most 10 wrong attempts the account is locked, for 30 minutes at least.',
        '8.3.4',
      ),
      mfa: asks({ kind: 'mfa' }, 'Two factors for all access.', '8.4'),
      replay: asks({ kind: 'code_once' }, 'A second factor cannot be replayed.', '8.5.1'),
    },
  ),
  baseline(
    { id: 'psd2-sca', source: 'PSD2 RTS, (EU) 2018/389', title: 'Payment accounts online' },
    {
      idle: idleWithin(300, 'Signed out after 5 minutes without activity.', {
        section: 'Art. 4(3)(d)',
        modality: 'must',
      }),
      lockout: asks(
        { kind: 'password_attempts', most: 5 },
        'Blocked after at most 5 failed attempts, for a while or for good.',
        'Art. 4(3)(b)',
      ),
      mfa: asks({ kind: 'mfa' }, 'Strong customer authentication.', 'Art. 4'),
    },
  ),
];
