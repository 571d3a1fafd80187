import assert from 'node:assert/strict';
import { attackedConfiguration, authorizationUrl } from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada } from '../support/example_configuration.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { mannWhitney } from '../support/mann_whitney.ts';
import { asOwner } from '../support/owner.ts';
import { createSeededRandom } from '../../src/dev/seeded_random.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';

/** Of each kind. */
const tries = 500;
const least = 0.001;

/** What nobody may be told apart by: the time of an answer. `npm run test:timing`; the machine should have little else to do. */
describe('answer times', () => {
  let server: TestServer;
  let mails: MailServer;
  let browser: FormBrowser;

  before(async () => {
    mails = await startMailServer();
    const mail = { smtpUrl: mails.url, from: 'login@example.com' };
    server = await startTestServer(attackedConfiguration(), { mail });
    // As many people as tries: each name is asked for once, as by somebody who goes through a list.
    await sql(
      server.database,
      `insert into accounts (account_id, username, email, password_hash)
       select gen_random_uuid(), 'person-' || n, 'person-' || n || '@example.com', password_hash
       from accounts, generate_series(0, $1::int - 1) n where username = 'ada'`,
      2 * tries,
    );
    browser = createFormBrowser(server.issuer);
  });
  after(async () => {
    await server.stop();
    await mails.close();
  });

  interface Form {
    path: string;
    hidden: Record<string, string>;
    status: number;
  }

  const forms: Record<string, () => Promise<Form>> = {
    async 'the sign-in'() {
      const page = await browser.open(authorizationUrl(server.issuer));
      const { action, hidden } = findForm(page.text, /sign-in$/);
      return { path: action, hidden: { ...hidden, password: `not ${ada.password}` }, status: 422 };
    },
    async 'the form of forgotten passwords'() {
      const page = await browser.open('/forgotten-password');
      const { action, hidden } = findForm(page.text, /forgotten-password$/);
      return { path: action, hidden, status: 303 };
    },
  };

  async function answerTime({ path, hidden, status }: Form, username: string): Promise<number> {
    const body = new URLSearchParams({ ...hidden, username });
    const startedAt = performance.now();
    const answer = await browser.request(path, { method: 'POST', body, headers: { origin: server.issuer } });
    await answer.arrayBuffer();
    const milliseconds = performance.now() - startedAt;
    assert.equal(answer.status, status);
    return milliseconds;
  }

  /** Known and unknown names in pairs, the order of each drawn, after some that are not counted. */
  async function measure(form: Form, firstPerson: number): Promise<{ known: number[]; unknown: number[] }> {
    const chance = createSeededRandom(firstPerson + 1);
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let warm = 0; warm < 30; warm += 1) await answerTime(form, `nobody-warm-${firstPerson}-${warm}`);
    for (let pair = 0; pair < tries; pair += 1) {
      for (const kind of chance.shuffle(['known', 'unknown'] as const)) {
        const number = firstPerson + pair;
        times[kind].push(await answerTime(form, `${kind === 'known' ? 'person' : 'nobody'}-${number}`));
      }
    }
    return times;
  }

  function report(what: string, { known, unknown }: { known: number[]; unknown: number[] }): number {
    const p = mannWhitney(known, unknown);
    const middle = (values: number[]) => values.toSorted((one, other) => one - other)[tries >> 1]?.toFixed(2);
    console.log(
      `      ${what}: known ${middle(known)} ms, unknown ${middle(unknown)} ms, p = ${p.toPrecision(3)}`,
    );
    return p;
  }

  /** Recording what was tried takes 2 ms longer where there is such an account. */
  const plant = `
    create function planted() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.002); return new; end $$;
    create trigger planted before insert on audit_events for each row
      when (new.account_id is not null) execute function planted()`;
  const uproot = 'drop trigger planted on audit_events; drop function planted()';

  for (const [what, openForm] of Object.entries(forms)) {
    it(`of ${what} do not tell a known account from an unknown one`, async () => {
      assert.ok(report('as it is', await measure(await openForm(), 0)) >= least);
    });

    it(`of ${what} would tell them apart by 2 ms`, async () => {
      await asOwner(server.test.ownerUrl, plant);
      try {
        assert.ok(report('with 2 ms planted', await measure(await openForm(), tries)) < least);
      } finally {
        await asOwner(server.test.ownerUrl, uproot);
      }
    });
  }
});
