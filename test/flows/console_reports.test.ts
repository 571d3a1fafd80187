import assert from 'node:assert/strict';
import { adminConfiguration } from '../support/administrators.ts';
import { ada } from '../support/example_configuration.ts';
import { createOperator, headingOf } from '../support/operators.ts';
import type { Operator } from '../support/operators.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';
import { interrupted, leftOpen, storeUsage } from '../support/usage_counts.ts';

describe('the reports of the console', () => {
  let server: TestServer;
  let operator: Operator;

  before(async () => {
    const { policies, ...rest } = adminConfiguration();
    const [admin, member] = [policies.get('admin') ?? assert.fail(), policies.get('member') ?? assert.fail()];
    server = await startTestServer({
      ...rest,
      policies: new Map([
        ['admin', { ...admin, baselines: ['nist-63b3-aal2'] }],
        ['member', { ...member, limits: { ...member.limits, session_idle: 900 } }],
      ]),
    });
    const { database } = server;
    await storeUsage(database, { policy: 'member', limit: 900 }, interrupted(900));
    const app = { of: 'family', field: 'refresh_idle', clientId: 'shop' } as const;
    await storeUsage(database, { ...app, policy: 'member', limit: 1800 }, interrupted(1800));
    await storeUsage(database, { policy: 'admin', limit: 3600 }, leftOpen(3600));
    await storeUsage(database, { policy: '=gone/x', limit: 7200 }, leftOpen(7200));
    operator = createOperator(server.issuer, ada);
  });
  after(() => server.stop());

  const unescape = (text: string) => text.replaceAll('&#38;', '&');
  const download = async (path: string) => {
    const answer = await operator.browser.request(path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/);
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename=/);
    return (await answer.text()).trimEnd().split('\r\n');
  };

  describe('weigh idle limits', () => {
    it('of each policy, those first that cost the most, with a verdict and a suggestion', async () => {
      const page = await operator.open('/console/reports/usage');
      assert.equal(headingOf(page), 'Idle limits');
      assert.match(page.text, /<strong>1 policy too strict, 2 policies too loose\.<\/strong>/);
      const rows = [...page.text.matchAll(/<tr[^>]*><th scope="row"[^>]*><a href="([^"]+)">.*?<\/tr>/gs)];
      const verdicts = rows.map(([row, url]) => `${url} ${/class="verdict [^"]*">([^<]*)</.exec(row)?.[1]}`);
      assert.deepEqual(verdicts.toSorted(), [
        '/console/reports/usage/%3Dgone%2Fx Too loose',
        '/console/reports/usage/admin Too loose',
        '/console/reports/usage/member Too strict',
        '/console/reports/usage/member Too strict',
      ]);
      assert.match(page.text, /Today, at 15 minutes, 3,000 interruptions and /);
      assert.doesNotMatch(page.text, /demo data/);
      const gone = rows.find(([row]) => row.includes('gone'))?.[0] ?? '';
      assert.match(gone, /The policy does not set it any more\./);
      assert.doesNotMatch(gone, /Preview this change/);
    });

    it('and lead to the form of the policy with every suggested limit filled in', async () => {
      const page = await operator.open('/console/reports/usage');
      const link = /href="(\/console\/policies\/member\/edit\?[^"]+)"/.exec(page.text)?.[1] ?? '';
      const form = await operator.open(unescape(link));
      assert.equal(headingOf(form), 'Change the policy member');
      const valueOf = (name: string) =>
        new RegExp(`<input id="${name}"[^>]* value="([^"]*)"`).exec(form.text)?.[1];
      assert.equal(valueOf('session_absolute'), '1d', 'what is not suggested stays');
      const [idle, app] = [valueOf('session_idle') ?? '', valueOf('refresh_idle') ?? ''];
      assert.match(idle, /^\d+m$/);
      assert.ok(Number.parseInt(idle, 10) >= 22 && Number.parseInt(idle, 10) <= 25, idle);
      assert.ok(Number.parseInt(app, 10) >= 45 && Number.parseInt(app, 10) <= 50, app);
    });

    it('never suggest what a baseline of the policy forbids', async () => {
      const page = await operator.open('/console/reports/usage/admin');
      assert.match(page.text, /nist-63b3-aal2 allows no more than 30 minutes: longer limits are not drawn\./);
      const line = /<polyline class="line" points="([^"]*)"/.exec(page.text)?.[1] ?? '';
      assert.equal(line.split(' ').length, 30);
    });

    it('draw the frontier of one policy, with the same points as a table and as a file', async () => {
      const page = await operator.open('/console/reports/usage/member');
      assert.equal(headingOf(page), 'Idle limits of member');
      assert.equal(page.text.match(/<svg class="plot frontier"/g)?.length, 2);
      assert.match(page.text, /<th scope="row"[^>]*>15 minutes \(today\)<\/th><td[^>]*>3,000<\/td>/);
      assert.match(page.text, />today: 15m</);
      assert.match(page.text, /\(suggested\)/);
      const link = /href="([^"]*frontier\.csv[^"]*)"/.exec(page.text)?.[1] ?? '';
      const lines = await download(unescape(link));
      assert.equal(
        lines[0],
        '"policy","policy_version","of","field","limit","interruptions_per_1000","idle_hours_per_1000","cost","mark"',
      );
      assert.ok(
        lines.some((line) => /^"member",1,"session","session_idle","15m",3000,.*"today"$/.test(line)),
      );
      assert.equal(lines.filter((line) => line.endsWith('"suggested"')).length, 2);
    });

    it('as a file, in which nothing is a formula', async () => {
      const lines = await download('/console/reports/usage.csv');
      assert.equal(lines.length, 5);
      assert.ok(
        lines.some((line) => line.startsWith(`"'=gone/x",1,"session","session_idle","2h",200,"too_loose",`)),
      );
    });

    it('by another weight, and say at the field what is no weight', async () => {
      const cheap = await operator.open('/console/reports/usage?weight=0.001');
      assert.doesNotMatch(cheap.text, /verdict too_strict/);
      assert.match(cheap.text, /usage\/member\?weight=0\.001"/);
      const wrong = await operator.open('/console/reports/usage?weight=much');
      assert.equal(wrong.response.status, 422);
      assert.match(wrong.text, /id="weight-error">Write a number of hours above 0/);
    });

    it('of a policy that nothing ended under, and of none that there is not', async () => {
      const page = await operator.open('/console/reports/usage/default');
      assert.match(page.text, /Nothing has ended under an idle limit of this policy/);
      const none = await operator.open('/console/reports/usage/none');
      assert.equal(none.response.status, 404);
    });
  });

  describe('tell of premature timeouts', () => {
    it('by policy, drawn with what the shares may truly be, and as a file', async () => {
      const page = await operator.open('/console/reports/timeouts');
      assert.equal(headingOf(page), 'Premature timeouts');
      assert.match(page.text, /<svg class="plot shares"/);
      assert.match(page.text, /600 of 1,020 ends of sessions, and 600 of 640 ends of the access of apps\./);
      assert.match(page.text, /94 % \(92 % to 95 %\)/);
      assert.match(page.text, /23m would have avoided 95 %/);
      const lines = await download('/console/reports/timeouts.csv');
      assert.equal(lines.length, 5);
      assert.ok(
        lines.some((line) =>
          line.startsWith('"member",1,"session","session_idle","idle_timeout","15m","",640,600,0.9375,'),
        ),
      );
    });

    it('by app and by role', async () => {
      const byApp = await operator.open('/console/reports/timeouts?by=client');
      assert.match(byApp.text, /<td[^>]*>shop<\/td>/);
      const byRole = await operator.open('/console/reports/timeouts?by=role');
      assert.match(byRole.text, /<th scope="col"[^>]*>Role<\/th>/);
      const unknown = await operator.open('/console/reports/timeouts?by=person');
      assert.doesNotMatch(unknown.text, /<th scope="col"[^>]*>(Role|App)<\/th>/);
      const lines = await download('/console/reports/timeouts.csv?by=client');
      assert.ok(lines.some((line) => line.includes('"30m","shop",640,600,')));
    });
  });

  describe('tell', () => {
    it('what idle sessions hold, as a plot, a table and a file', async () => {
      const accountId = await storeAccount(server.database, ['member']);
      await storeSession(server.database, { accountId, startedAgo: 600 });
      const page = await operator.open('/console/reports/idle-holdings');
      assert.equal(headingOf(page), 'Idle sessions');
      assert.match(page.text, /<title id="holdings-title">Bytes that idle sessions hold, by policy<\/title>/);
      const [head, ...lines] = await download('/console/reports/idle-holdings.csv');
      assert.equal(head, '"policy","session_idle","sessions","idle","rows","bytes"');
      assert.match(lines.find((line) => line.startsWith('"member"')) ?? '', /^"member","15m",\d,1,1,\d+$/);
    });

    it('what the detective control found, and which', async () => {
      const quiet = await operator.open('/console/reports/controls');
      assert.match(quiet.text, /Nothing was found that stands\./);
      await sql(
        server.database,
        `insert into control_findings (kind, subject_id, confirmed_at) values ('token_past_limit', 'one', curfew_now()),
           ('token_past_limit', 'two', curfew_now()), ('family_past_limit', 'unconfirmed', null)`,
      );
      const page = await operator.open('/console/reports/controls');
      assert.equal(headingOf(page), 'Detective control');
      assert.match(page.text, /<strong>2 findings stand\.<\/strong>/);
      assert.match(page.text, /<title id="findings-title">Findings that stand, by kind<\/title>/);
      const [head, ...lines] = await download('/console/reports/controls.csv');
      assert.equal(head, '"kind","count","first_seen_at","id"');
      assert.deepEqual(
        lines.map((line) => line.replace(/"[\d-]+T[\d:]+Z"/, 'AT')),
        ['"token_past_limit",2,AT,"one"', '"token_past_limit",2,AT,"two"'],
      );
      await sql(server.database, 'delete from control_findings');
    });

    it('a month, as a page, a document to keep and a file', async () => {
      const month = new Date().toISOString().slice(0, 7);
      const page = await operator.open(`/console/reports/monthly?month=${month}`);
      assert.match(headingOf(page), /^Access in \w+ \d{4}$/);
      assert.match(page.text, /is not over: it is told as far as /);
      assert.match(page.text, /<title id="month-0-title">Live sessions<\/title>/);
      const past = await operator.open('/console/reports/monthly?month=1999-01');
      assert.doesNotMatch(past.text, /is not over/);
      const answer = await operator.browser.request(`/console/reports/monthly.html?month=${month}`);
      assert.equal(answer.headers.get('content-disposition'), `attachment; filename="curfew-${month}.html"`);
      assert.match(await answer.text(), /^<!doctype html>/);
      const [head, ...lines] = await download(`/console/reports/monthly.csv?month=${month}`);
      assert.equal(head, '"of","name","count"');
      assert.ok(
        lines.some((line) => line.startsWith('"live_now","admin",')),
        lines.join(),
      );
    });
  });
});
