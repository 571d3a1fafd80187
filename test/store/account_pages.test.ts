import assert from 'node:assert/strict';
import { pageAccounts } from '../../src/store/account_pages.ts';
import type { AccountPage } from '../../src/store/account_pages.ts';
import type { Queryable, Statement } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { asOwner } from '../support/owner.ts';
import { sql } from '../support/sql.ts';

describe('a page of accounts', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await sql(
      test.database,
      `with made as (
         insert into accounts (username) select 'user' || to_char(n, 'FM00000') from generate_series(1, 20000) n
         returning account_id, username)
       insert into account_roles select account_id, case when username < 'user00004' then 'rare' when username < 'user13000' then 'usual' else 'late' end from made`,
    );
    await sql(
      test.database,
      `insert into accounts (username) values ('Ärger'), ('ZULU'), ('élan'), ('user_x')`,
    );
  });
  after(() => test.drop());

  const names = async (page: Partial<AccountPage>) =>
    (await pageAccounts(test.database, { most: 3, ...page })).accounts.map(({ username }) => username);

  it('goes by the bytes of the name in lower case', async () => {
    assert.deepEqual(await names({ after: 'user19999' }), ['user20000', 'user_x', 'ZULU']);
    assert.deepEqual(await names({ after: 'zulu' }), ['Ärger', 'élan']);
  });

  it('finds a beginning in any case, and nothing behind it', async () => {
    assert.deepEqual(await names({ prefix: 'USER0000', after: 'user00008' }), ['user00009']);
    assert.deepEqual(await names({ prefix: 'user_' }), ['user_x'], 'no letter stands for others');
    assert.deepEqual(await names({ prefix: 'ä' }), ['Ärger']);
    assert.deepEqual(await names({ prefix: 'x' }), []);
  });

  it('finds who has a role', async () => {
    assert.deepEqual(await names({ role: 'rare', most: 9 }), ['user00001', 'user00002', 'user00003']);
    assert.deepEqual(await names({ role: 'usual', most: 1 }), ['user00004']);
  });

  it('looks for a role that many have among so many names, and says where to look further', async () => {
    const found: string[][] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await pageAccounts(test.database, { role: 'late', after, most: 2 });
      found.push(page.accounts.map(({ username }) => username));
      assert.equal(page.isCut, pages < 2);
      after = page.next;
    }
    assert.deepEqual(found, [[], [], ['user13000', 'user13001']]);
    assert.equal(after, 'user13001');
    const end = await pageAccounts(test.database, { role: 'late', after: 'user19999', most: 2 });
    assert.deepEqual([end.accounts.length, end.next, end.isCut], [1, undefined, false]);
    const begun = await pageAccounts(test.database, { role: 'late', prefix: 'user1', most: 2 });
    assert.deepEqual([begun.accounts.length, begun.isCut], [2, false]);
  });

  it('reads no more of the table when there is more of it', async () => {
    await asOwner(test.ownerUrl, 'analyze accounts, account_roles');
    for (const page of [
      {},
      { after: 'user10000' },
      { prefix: 'user0' },
      { prefix: 'nobody' },
      { role: 'rare' },
      { role: 'late' },
      { role: 'late', prefix: 'user1' },
    ]) {
      const plan = await explain(page);
      assert.doesNotMatch(plan, /Seq Scan on accounts/, JSON.stringify(page));
    }
  });

  /** How PostgreSQL goes about it, whatever the values. */
  async function explain(page: Partial<AccountPage>): Promise<string> {
    let asked: { text: string; values: unknown[] } | undefined;
    const spy: Queryable = {
      tell: () => undefined,
      async query<Row>({ name, text }: Statement, values: unknown[] = []): Promise<Row[]> {
        if (!name.startsWith('accounts_page')) return await test.database.query<Row>({ name, text }, values);
        asked ??= { text, values };
        return [];
      },
    };
    await pageAccounts(spy, { most: 50, ...page });
    const { text = '', values = [] } = asked ?? {};
    const rows = await test.database.query<{ 'QUERY PLAN': string }>(
      { name: `explain_${JSON.stringify(page)}`, text: `explain ${text}` },
      values,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }
});
