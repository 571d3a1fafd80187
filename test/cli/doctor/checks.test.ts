import assert from 'node:assert/strict';
import { checkAudit } from '../../../src/cli/doctor/check_audit.ts';
import { checkBaselines } from '../../../src/cli/doctor/check_baselines.ts';
import { checkClock } from '../../../src/cli/doctor/check_clock.ts';
import { checkConfigurationFile } from '../../../src/cli/doctor/check_configuration_file.ts';
import { checkDatabase } from '../../../src/cli/doctor/check_database.ts';
import { checkEnvironment } from '../../../src/cli/doctor/check_environment.ts';
import { checkIssuer } from '../../../src/cli/doctor/check_issuer.ts';
import { checkMigrations } from '../../../src/cli/doctor/check_migrations.ts';
import { checkOutbox } from '../../../src/cli/doctor/check_outbox.ts';
import { checkSecrets } from '../../../src/cli/doctor/check_secrets.ts';
import { checkSigningKeys } from '../../../src/cli/doctor/check_signing_keys.ts';
import { describeFindings } from '../../../src/cli/doctor/describe_findings.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import type { Deviation } from '../../../src/domain/deviations.ts';
import type { SigningKeyTimes } from '../../../src/domain/signing_keys.ts';
import type { ComplianceRow } from '../../../src/policy/evaluate_compliance.ts';

/** The states of findings and what of their messages matters, each of which also says what to do unless it is good. */
function assertFound(
  findings: readonly Finding[],
  ...expected: [state: Finding['state'], message: RegExp][]
) {
  const shown = findings.map(({ state, message }) => `${state}: ${message}`).join('\n');
  assert.deepEqual(
    findings.map(({ state }) => state),
    expected.map(([state]) => state),
    shown,
  );
  expected.forEach(([, message], at) => assert.match(findings[at]?.message ?? '', message));
  for (const { state, advice, message } of findings) {
    assert.equal(advice === undefined, state === 'good', shown);
    assert.doesNotMatch(message + (advice ?? ''), /\n|undefined|NaN/);
  }
}

describe('curfew doctor, of the configuration,', () => {
  it('finds faults of the environment, and what only curfew serve would refuse', () => {
    assertFound(checkEnvironment([], undefined), ['good', /no faults/]);
    assertFound(checkEnvironment([], []), ['good', /no faults/]);
    assertFound(checkEnvironment(['A: is wrong', 'B: is missing'], []), ['wrong', /^A/], ['wrong', /^B/]);
    assertFound(checkEnvironment([], ['CURFEW_SECRET: is missing']), [
      'warning',
      /would not start .*: CURFEW_SECRET: is missing/,
    ]);
  });

  it('finds faults of the file, and whether it is what is in force', () => {
    const file = { path: 'curfew.yaml', faults: [], warnings: [], digest: 'a' };
    const applied = { version: 3, appliedVersion: 3, appliedDigest: 'a' };
    assertFound(checkConfigurationFile(file, applied), ['good', /no faults, and is in force/]);
    assertFound(checkConfigurationFile(file, undefined), ['good', /no faults\.$/]);
    assertFound(checkConfigurationFile({ ...file, faults: ['roles: is empty'] }, applied), [
      'wrong',
      /curfew\.yaml: roles: is empty/,
    ]);
    assertFound(
      checkConfigurationFile({ ...file, warnings: ['x: is odd'], digest: 'b' }, applied),
      ['warning', /x: is odd/],
      ['warning', /not what was applied last/],
    );
    assertFound(checkConfigurationFile(file, { ...applied, version: 4 }), ['warning', /changed elsewhere/]);
    assertFound(checkConfigurationFile(file, { version: 1, appliedDigest: null, appliedVersion: null }), [
      'warning',
      /not what was applied last/,
    ]);
  });
});

describe('curfew doctor, of the database,', () => {
  const role = {
    versionNumber: 180_004,
    role: 'curfew',
    isServer: true,
    isSuperuser: false,
    ownsTables: false,
    mayRewriteTrail: false,
    attributes: [] as string[],
  };
  const check = (changed: Partial<typeof role>, isDevelopment = false) =>
    checkDatabase({ ...role, ...changed }, { isDevelopment });

  it('finds an old PostgreSQL, and a role with too many rights or too few', () => {
    assertFound(check({}), ['good', /PostgreSQL 18 answers; the role curfew/]);
    assertFound(check({ versionNumber: 170_009 }), ['wrong', /PostgreSQL 17/]);
    assertFound(
      check({ isSuperuser: true, ownsTables: true, mayRewriteTrail: true, attributes: ['createdb'] }),
      ['wrong', /is a superuser/],
    );
    assertFound(check({ ownsTables: true, mayRewriteTrail: true }), ['wrong', /owns the tables/]);
    assertFound(check({ mayRewriteTrail: true }), ['wrong', /may rewrite the audit trail/]);
    assertFound(check({ isServer: false }), ['wrong', /no member of curfew_server/]);
    assertFound(check({ attributes: ['createrole', 'createdb'] }), ['warning', /createrole, createdb/]);
  });

  it('takes an owner for development', () => {
    assertFound(check({ ownsTables: true }, true), ['warning', /owns the tables/]);
  });

  it('finds migrations that are missing, or newer than the program', () => {
    assertFound(checkMigrations({ missing: [], unknown: [] }), ['good', /^All/]);
    assertFound(
      checkMigrations({ missing: ['0030_a', '0031_b'], unknown: ['0099_z'] }),
      ['wrong', /2 are not applied: 0030_a and 1 more/],
      ['warning', /1 are newer than this version: 0099_z/],
    );
  });

  it('finds a clock that is off, at the second', () => {
    assertFound(checkClock({ machine: 1000, server: -1000 }), ['good', /server and the database agree/]);
    assertFound(checkClock({ machine: 0, server: undefined }), ['good', /This machine and the database/]);
    assertFound(checkClock({ machine: 1001, server: 0 }), ['warning', /this machine is 1\.0 s off/]);
    assertFound(checkClock({ machine: 0, server: -5000 }), ['warning', /the server is 5\.0 s off/]);
    assertFound(
      checkClock({ machine: -5001, server: 9000 }),
      ['wrong', /machine/],
      ['wrong', /server is 9\.0 s/],
    );
  });
});

describe('curfew doctor, of the issuer,', () => {
  const issuer = 'https://login.example.com';
  const answer = { status: 200, issuer, clockAhead: 0, reasons: [] as string[], keyIds: [] };

  it('finds one that does not answer, is not ready, or is another', () => {
    assertFound(checkIssuer(issuer, answer), ['good', /is what it says it is/]);
    assertFound(checkIssuer(undefined, undefined), ['warning', /not known/]);
    assertFound(checkIssuer(issuer, { unreachable: 'ENOTFOUND' }), [
      'wrong',
      /Nothing answers .*: ENOTFOUND/,
    ]);
    assertFound(checkIssuer(issuer, { ...answer, issuer: undefined, status: 404 }), [
      'wrong',
      /no discovery document \(404\)/,
    ]);
    assertFound(checkIssuer(issuer, { ...answer, issuer: 'https://other.example' }), [
      'wrong',
      /says that it is https:\/\/other\.example/,
    ]);
    assertFound(checkIssuer(issuer, { ...answer, reasons: ['clock'] }), ['wrong', /not ready: clock/]);
  });

  it('takes plain http on this machine, where nothing need run', () => {
    const local = 'http://localhost:3000';
    assertFound(checkIssuer(local, { ...answer, issuer: local }), ['good', /plain http/]);
    assertFound(checkIssuer(local, { unreachable: 'ECONNREFUSED' }), ['warning', /Nothing answers/]);
  });
});

describe('curfew doctor, of keys and secrets,', () => {
  const day = 86_400_000_000;
  const now = 1_800_000_000_000_000;
  const key = (purpose: string, algorithm: string, state: SigningKeyTimes['state'], changed = {}) =>
    ({
      keyId: `${purpose}-${algorithm}-${state}`,
      purpose,
      algorithm,
      state,
      createdAt: now - 40 * day,
      activatedAt: state === 'next' ? null : now - 20 * day,
      replacedAt: null,
      publishedUntil: null,
      jwksMaxAge: 3600,
      ...changed,
    }) as SigningKeyTimes;
  const keys = (['current', 'next'] as const).flatMap((state) => [
    key('tokens', 'ES256', state),
    key('tokens', 'RS256', state),
    key('security_events', 'RS256', state),
  ]);
  const check = (some: readonly SigningKeyTimes[], published?: string[], rotateEvery = 90 * 86_400) =>
    checkSigningKeys({ keys: some, now, configuration: { keys: { rotateEvery } }, published });
  const without = (keyId: string) => keys.filter((one) => one.keyId !== keyId);

  it('tells their states and ages', () => {
    const previous = key('tokens', 'ES256', 'previous', { replacedAt: now - day, publishedUntil: now + day });
    assertFound(check([...keys, previous]), [
      'good',
      /^3 sign, the oldest for 20 days; 3 are published to be the next, and may sign at once; 1 more is still published\.$/,
    ]);
    const young = keys.map((one) => (one.state === 'next' ? { ...one, createdAt: now } : one));
    assertFound(check(young), ['good', /may sign from 2027-01-15T09:00:00Z/]);
  });

  it('finds those that are missing, overdue, over, or not published', () => {
    assertFound(check([]), ['warning', /none yet/]);
    assertFound(check(without('tokens-ES256-current')), ['wrong', /No ES256 key signs tokens/]);
    assertFound(check(without('security_events-RS256-next')), [
      'wrong',
      /No RS256 key for security_events is published to be the next/,
    ]);
    assertFound(check(keys, undefined, 18 * 86_400), ['warning', /overdue/]);
    assertFound(check(keys, undefined, 19.5 * 86_400), ['good', /./]);
    const over = key('tokens', 'ES256', 'previous', {
      replacedAt: now - 9 * day,
      publishedUntil: now - 2 * day,
    });
    assertFound(check([...keys, over]), ['warning', /1 are over, and not removed/]);
    const published = ['tokens-ES256-current', 'tokens-RS256-current', 'tokens-RS256-next'];
    assertFound(check(keys, published), ['wrong', /does not publish tokens-ES256-next\.$/]);
    assertFound(check(keys, [...published, 'tokens-ES256-next']), ['good', /./]);
  });

  it('finds what no secret opens, what was altered, and what is still under an older one', () => {
    const column = { name: 'signing_keys.private_sealed', newest: 6, older: 0, unknown: 0, broken: 0 };
    assertFound(checkSecrets(undefined), ['warning', /CURFEW_SECRET is missing/]);
    assertFound(checkSecrets([column, { ...column, newest: 2 }]), ['good', /opens all 8 values/]);
    assertFound(checkSecrets([{ ...column, unknown: 1 }]), [
      'wrong',
      /1 values of signing_keys\.private_sealed open with none/,
    ]);
    assertFound(checkSecrets([{ ...column, broken: 2 }]), ['wrong', /2 values .* were altered/]);
    assertFound(checkSecrets([{ ...column, older: 3 }]), ['warning', /3 values .* older secret/]);
  });
});

describe('curfew doctor, of what is to be done all the time,', () => {
  const outbox = { waiting: 0, oldestSeconds: 0, overdue: 0, overdueSeconds: 0, dead: 0 };
  const sealing = { unsealed: 0, oldestSeconds: 0, sealedSeconds: 5, isCountedAnew: false };
  const busy = { isIdle: false };
  const idle = { isIdle: true };

  it('finds notices that nobody delivers, that wait for long, or were given up', () => {
    assertFound(checkOutbox(outbox, busy), ['good', /Everything is delivered/]);
    const waiting = { ...outbox, waiting: 7, oldestSeconds: 900, overdue: 7, overdueSeconds: 300 };
    assertFound(checkOutbox(waiting, busy), ['good', /7 notices are on their way/]);
    assertFound(checkOutbox({ ...waiting, oldestSeconds: 901 }, busy), [
      'warning',
      /oldest of 7 .* 15 minutes/,
    ]);
    assertFound(checkOutbox({ ...waiting, overdueSeconds: 301 }, busy), [
      'wrong',
      /7 notices have been due for 5 minutes/,
    ]);
    assertFound(checkOutbox({ ...waiting, overdueSeconds: 301 }, idle), ['warning', /have been due/]);
    assertFound(checkOutbox({ ...outbox, dead: 2 }, busy), ['warning', /2 notices were given up/]);
  });

  it('finds a trail that nobody seals', () => {
    assertFound(checkAudit(sealing, busy), ['good', /0 events wait .* last seal is 5 seconds old/]);
    assertFound(checkAudit({ ...sealing, sealedSeconds: undefined }, busy), [
      'good',
      /nothing was sealed yet/,
    ]);
    assertFound(checkAudit({ ...sealing, unsealed: 3, oldestSeconds: 60 }, busy), ['good', /3 events wait/]);
    const behind = { ...sealing, unsealed: 3, oldestSeconds: 61 };
    assertFound(checkAudit(behind, busy), ['wrong', /3 events are not sealed, the oldest for 1 minute/]);
    assertFound(checkAudit(behind, idle), ['warning', /not sealed/]);
    assertFound(checkAudit({ ...sealing, isCountedAnew: true }, busy), ['wrong', /database was moved/]);
  });

  it('finds baselines that are missed, and deviations that ended, will end, or justify nothing', () => {
    const deviation: Deviation = { name: 'tills', requirement: 'pci/idle', reason: 'r', until: '2026-05-31' };
    const row = (verdict: ComplianceRow['verdict'], changed: Partial<ComplianceRow> = {}) =>
      ({ requirement: 'pci/idle', verdict, ...changed }) as ComplianceRow;
    const check = (rows: ComplianceRow[], unused: string[] = []) => {
      const counts = { pass: 0, fail: 0, justified: 0 };
      for (const { verdict } of rows) counts[verdict] += 1;
      return checkBaselines({ day: '2026-05-01', rows, counts, unused, unclaimed: [] });
    };
    assertFound(check([]), ['good', /No policy claims one/]);
    const later = { ...deviation, until: '2026-06-01' };
    assertFound(check([row('pass'), row('justified', { deviation: later })]), [
      'good',
      /1 requirements are met, 1 justified/,
    ]);
    assertFound(check([row('justified', { deviation })]), ['warning', /tills ends on 2026-05-31/]);
    assertFound(check([row('fail', { deviation })], ['tills']), [
      'wrong',
      /tills from pci\/idle ended on 2026-05-31/,
    ]);
    assertFound(check([row('fail')]), [
      'wrong',
      /1 requirements are neither met nor justified, such as pci\/idle/,
    ]);
    assertFound(check([row('pass')], ['old']), ['warning', /justify nothing: old/]);
  });
});

describe('what curfew doctor tells', () => {
  it('is a line for each finding, and another one for what to do', () => {
    const findings: Finding[] = [
      { area: 'clock', state: 'good', message: 'It agrees.' },
      { area: 'database', state: 'wrong', message: 'It is old.', advice: 'Renew it.' },
    ];
    assert.equal(
      describeFindings(findings),
      [
        'good     clock     It agrees.',
        'wrong    database  It is old.',
        '                   → Renew it.',
        '',
      ].join('\n'),
    );
  });
});
