import assert from 'node:assert/strict';
import type { DesiredClient } from '../../src/domain/configuration.ts';
import { addClient } from '../../src/operations/add_client.ts';
import { listWalks } from '../../src/store/check_walks.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';

const app: DesiredClient = {
  clientId: 'till',
  metadata: { client_name: 'Till' },
  trusted: false,
  refreshRotation: true,
  webOrigins: [],
};

describe('a client that is added', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await sql(test.database, 'delete from check_walks');
  });
  afterEach(() => test.drop());

  const add = (client: DesiredClient) =>
    test.database.transaction((tx) => addClient(tx, client, { actor: 'test' }));

  it('leaves the others, and whatever is open, as they are', async () => {
    await add(app);
    const { clients, version } = await loadConfiguration(test.database);
    assert.deepEqual(clients.get('till'), { ...app, disabled: false });
    assert.deepEqual(
      [...clients.keys()].filter((clientId) => clientId !== 'till'),
      [...test.configuration.clients.keys()],
    );
    assert.equal(version, test.configuration.version + 1);
    assert.deepEqual(await listWalks(test.database), [], 'nobody need look at what is open');
  });

  it('lets what is open be looked at where it brings a policy', async () => {
    await add({ ...app, policy: 'member' });
    assert.equal((await listWalks(test.database)).length, 2);
  });

  it('is refused where there is one of that name', async () => {
    await add(app);
    await assert.rejects(add(app), { code: 'client_exists' });
  });
});
