import assert from 'node:assert/strict';
import type { Database, Statement } from '../../src/store/database.ts';
import { countRolePeople } from '../../src/store/role_people.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { asOwner } from '../support/owner.ts';
import { sql } from '../support/sql.ts';

describe('the people of roles', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await sql(
      test.database,
      `with made as (
         insert into accounts (username) select 'user' || to_char(n, 'FM00000') from generate_series(1, 20000) n
         returning account_id, username)
       insert into account_roles
       select account_id, case when username < 'user19997' then 'usual' else 'rare' end from made`,
    );
    await asOwner(test.ownerUrl, 'vacuum analyze account_roles');
  });
  after(() => test.drop());

  const count = (roles: string[], most = 1000) => countRolePeople(test.database, roles, most);

  it('are counted role by role, to so many', async () => {
    assert.deepEqual(
      [...(await count(['rare', 'usual', 'none'])).entries()],
      [
        ['rare', 4],
        ['usual', 1000],
        ['none', 0],
      ],
    );
    assert.equal((await count(['usual'], 19_997)).get('usual'), 19_996);
    assert.equal((await count([])).size, 0);
  });

  it('are counted in the index alone, one entry after another, whatever the statistics say', async () => {
    const plans: string[] = [];
    const spy: Database = {
      ...test.database,
      transaction: (work) =>
        test.database.transaction((tx) =>
          work({
            ...tx,
            async query<Row>({ name, text }: Statement, values: unknown[] = []): Promise<Row[]> {
              if (name !== 'role_people_count') return await tx.query<Row>({ name, text }, values);
              const rows = await tx.query<{ 'QUERY PLAN': string }>(
                { name: 'explain_role_people', text: `explain ${text}` },
                values,
              );
              plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
              return [];
            },
          }),
        ),
    };
    await countRolePeople(spy, ['rare', 'usual'], 19_999);
    assert.match(plans.join(), /Index (Only )?Scan using account_roles_role on account_roles/);
    assert.doesNotMatch(plans.join(), /Bitmap|Seq Scan/);
  });

  it('leaves other questions of the connection to the planner', async () => {
    await count(['rare']);
    const rows = await sql<{ enable_seqscan: string }>(test.database, 'show enable_seqscan');
    assert.deepEqual(rows, [{ enable_seqscan: 'on' }]);
  });
});
