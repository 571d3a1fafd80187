import assert from 'node:assert/strict';
import { followTrail } from '../../../src/controls/follow_trail.ts';
import { beginning, lookAtPage } from '../../../src/controls/look_at_live.ts';
import { readControls } from '../../../src/controls/read_controls.ts';
import { createSecretsAtRest } from '../../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../../src/events/seal_events.ts';
import { detectOverdue } from '../../../src/jobs/detect_overdue.ts';
import { sweepOnce } from '../../../src/operations/sweep.ts';
import { loadConfiguration } from '../../../src/store/configuration.ts';
import { testSecret } from '../../support/server.ts';
import { sql } from '../../support/sql.ts';
import type { Stage } from './stage.ts';

/**
 * After a run: what the detective control sees past a limit is what the sweeper then ends, to the row; after that
 * it sees nothing, and nothing of what was given was given wrongly.
 */
export async function askControl(stage: Stage): Promise<void> {
  const { database, clock } = stage;
  await sql(database, 'delete from control_findings');
  const listOpen = async () =>
    (
      await sql<{ id: string }>(
        database,
        `select session_id as id from sessions where ended_at is null and account_id is not null
         union all select family_id::text from families where ended_at is null`,
      )
    ).map(({ id }) => id);
  const before = await listOpen();
  await look(stage);
  const seen = (await sql<{ id: string }>(database, 'select subject_id as id from control_findings')).map(
    ({ id }) => id,
  );
  await sweepAll(stage);
  const after = new Set(await listOpen());
  const ended = before.filter((id) => !after.has(id));
  assert.deepEqual(seen.toSorted(), ended.toSorted(), 'what the control sees and the sweeper ends');

  await sql(database, 'delete from control_findings');
  await createSealer(database, createSecretsAtRest([testSecret]))();
  const now = Date.now() * 1000;
  await clock.moveTo(now + 61e6);
  await sweepAll(stage);
  while (await followTrail(database));
  await detectOverdue(database, { period: 1 });
  stage.now = now + 122e6;
  await clock.moveTo(stage.now);
  await sweepAll(stage);
  await detectOverdue(database, { period: 1 });
  assert.deepEqual((await readControls(database)).findings, [], 'what the control finds');
}

async function look({ database }: Stage): Promise<void> {
  for (const live of ['sessions', 'families'] as const)
    for (let place = await lookAtPage(database, live, beginning, { isDue: false }); place; )
      place = await lookAtPage(database, live, place, { isDue: false });
}

async function sweepAll({ database }: Stage): Promise<void> {
  const configuration = await loadConfiguration(database);
  while ((await sweepOnce(database, () => Promise.resolve(configuration), 1000)) !== 'nothing');
}
