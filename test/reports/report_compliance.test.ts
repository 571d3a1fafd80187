import assert from 'node:assert/strict';
import { Problem } from '../../src/domain/problems.ts';
import { renderComplianceText } from '../../src/reports/describe_compliance.ts';
import { renderCompliancePage } from '../../src/reports/render_compliance_page.ts';
import { reportCompliance } from '../../src/reports/report_compliance.ts';
import { soundFacts } from '../policy/running_facts.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { strictParse } from '../views/strict_parse.ts';

const { passwordAttempts: _configured, ...fixed } = soundFacts;

describe('reportCompliance', () => {
  let test: OperationTest;
  const excuse = {
    name: 'tills',
    requirement: 'pci-dss-4.0.1/idle',
    policy: 'member',
    reason: 'One card at a <b>time</b>',
    until: '2026-01-01',
  };

  beforeEach(async () => {
    test = await prepareOperationTest();
    const { policies } = exampleConfiguration();
    await test.apply({
      policies: new Map([
        ...policies,
        ['member', { limits: { session_idle: 901, mfa: 'always' }, baselines: ['pci-dss-4.0.1'] }],
      ]),
      deviations: new Map([['tills', excuse]]),
      rate_limits: { sign_in_account: { most: 10, seconds: 1800 } },
    });
  });
  afterEach(() => test.drop());

  const verdicts = async () => {
    const { rows } = await reportCompliance(test.database, fixed);
    return Object.fromEntries(rows.map(({ requirement, verdict }) => [requirement, verdict]));
  };

  it('holds what is stored against its baselines, the configured rate limits among it', async () => {
    const passes = { 'pci-dss-4.0.1/mfa': 'pass', 'pci-dss-4.0.1/replay': 'pass' };
    assert.deepEqual(await verdicts(), {
      'pci-dss-4.0.1/idle': 'justified',
      'pci-dss-4.0.1/lockout': 'pass',
      ...passes,
    });
    await test.apply({ rate_limits: {}, deviations: new Map() });
    assert.deepEqual(await verdicts(), {
      'pci-dss-4.0.1/idle': 'fail',
      'pci-dss-4.0.1/lockout': 'fail',
      ...passes,
    });
  });

  it('holds every app that is open to what FAPI asks of its tokens', async () => {
    const { clients, policies } = exampleConfiguration();
    const faults = async () => {
      const { rows } = await reportCompliance(test.database, fixed);
      return Object.fromEntries(
        rows
          .filter(({ baseline }) => baseline === 'fapi2')
          .map(({ requirement, faults: told }) => [requirement, told]),
      );
    };
    const member = { limits: policies.get('member')?.limits ?? {}, baselines: ['fapi2'] };
    await test.apply({ policies: new Map([...policies, ['member', member]]), deviations: new Map() });
    assert.deepEqual(await faults(), {
      'fapi2/sender_constrained': ['portal', 'shop', 'spa'].map(
        (id) => `tokens of ${id} are bound to no key (dpop_bound_access_tokens)`,
      ),
      'fapi2/rotation': ['portal', 'shop', 'spa'].map(
        (id) => `refresh tokens of ${id} are rotated (refresh_rotation)`,
      ),
      'fapi2/code_lifetime': [],
      'fapi2/request_uri_lifetime': [],
    });

    const shop = clients.get('shop') ?? assert.fail();
    const bound = { ...shop.metadata, dpop_bound_access_tokens: true };
    await test.apply({ clients: new Map([['shop', { ...shop, metadata: bound, refreshRotation: false }]]) });
    assert.deepEqual(Object.values(await faults()).flat(), []);
  });

  it('accepts a deviation to the last moment of its day by the clock of the database', async () => {
    await test.clock.set(86_399);
    assert.equal((await verdicts())['pci-dss-4.0.1/idle'], 'justified');
    await test.clock.set(86_400);
    assert.equal((await verdicts())['pci-dss-4.0.1/idle'], 'fail');
  });

  it('names policies that claim nothing, and refuses one that does not exist', async () => {
    const { unclaimed, day, counts } = await reportCompliance(test.database, fixed);
    assert.deepEqual([unclaimed, day], [['admin', 'default'], '2026-01-01']);
    assert.deepEqual(counts, { pass: 3, fail: 0, justified: 1 });
    assert.deepEqual((await reportCompliance(test.database, fixed, { policy: 'admin' })).rows, []);
    await assert.rejects(
      reportCompliance(test.database, fixed, { policy: 'nobody' }),
      (error) => error instanceof Problem && error.code === 'policy_unknown',
    );
  });

  it('keeps the policy of a deviation from being removed under it', async () => {
    const policies = new Map([['admin', { limits: {}, baselines: [] }]]);
    const roles = new Map([['member', { name: 'member' }]]);
    await assert.rejects(
      test.apply({ policies, roles, scopes: new Map(), resources: new Map() }),
      /deviations\.tills\.policy: there is no policy member/,
    );
    await test.apply({ policies, roles, scopes: new Map(), resources: new Map(), deviations: new Map() });
  });

  it('refuses what the catalogue does not have, whoever applies it', async () => {
    const claims = { limits: {}, baselines: ['gone'] };
    const policies = new Map([...exampleConfiguration().policies, ['member', claims]]);
    await assert.rejects(test.apply({ policies }), /policies\.member\.baselines: there is no baseline gone/);
    const deviations = new Map([['tills', { ...excuse, requirement: 'gone/idle' }]]);
    await assert.rejects(
      test.apply({ deviations }),
      /deviations\.tills\.requirement: there is no requirement gone\/idle/,
    );
  });

  it('says on a terminal what is missed, where the source says so, and why it is accepted', async () => {
    const text = renderComplianceText(await reportCompliance(test.database, fixed));
    assert.match(
      text,
      /^Policy member · PCI DSS 4\.0\.1, Cardholder data\n {2}justified {2}pci-dss-4\.0\.1\/idle {2}\(8\.2\.8, must\) /,
    );
    assert.match(text, /\n {13}session_idle is 901s, longer than 15m \(policy member\)\n/);
    assert.match(text, /\n {13}accepted until 2026-01-01 \(tills\): One card at a <b>time<\/b>\n/);
    assert.match(text, /\n\n3 pass, 1 justified, 0 fail\.\n$/);
  });

  it('makes one page that loads nothing and keeps its markup whatever the texts are', async () => {
    const page = renderCompliancePage(await reportCompliance(test.database, fixed));
    const elements = strictParse(page);
    const all = (tag: string) => elements.filter((element) => element.tag === tag);
    assert.equal(all('h1').length, 1);
    assert.equal(all('b').length, 0);
    assert.deepEqual(
      elements.flatMap(({ attributes: { href, src } }) => [href, src]).filter((url) => url !== undefined),
      [],
    );
    assert.match(page, /One card at a &#60;b&#62;time/);
    assert.equal(all('tbody').flatMap(() => 1).length, 2, 'the policy and the running configuration');
    assert.deepEqual(
      all('strong').flatMap(({ attributes }) => attributes['class'] ?? []),
      ['justified', 'pass', 'pass', 'pass'],
    );
  });
});
