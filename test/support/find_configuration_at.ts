import type { PastConfiguration } from '../../src/domain/configuration.ts';
import { readConfigurationImages } from '../../src/store/configuration_history.ts';
import type { EntryChange } from '../../src/store/configuration_history.ts';
import type { Queryable } from '../../src/store/database.ts';

/** The configuration as it stood in a version; undefined: the history does not have it. */
export async function findConfigurationAt(
  db: Queryable,
  version: number,
): Promise<PastConfiguration | undefined> {
  const [known] = await db.query(
    { name: 'configuration_version_find', text: 'select from configuration_versions where version = $1' },
    [version],
  );
  if (!known) return undefined;
  const rows = await db.query<Pick<EntryChange, 'section' | 'name' | 'after'>>(
    {
      name: 'configuration_at',
      text: `
        select section, name, after from (
          select distinct on (section, name) section, name, after from configuration_changes
          where version <= $1 order by section, name, version desc) last
        where after is not null`,
    },
    [version],
  );
  return readConfigurationImages(
    version,
    rows.map(({ section, name, after }) => ({ section, name, image: after ?? {} })),
  );
}
