import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { eventCatalogue } from '../../src/events/catalogue.ts';
import { renderEventTable } from '../../src/events/event_table.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the catalogue of events', () => {
  it('is generated, and current', () => {
    const again = 'run node --import tsx src/events/generate.ts';
    assert.equal(read('docs/generated/events.md'), renderEventTable(), again);
  });

  it('has every event that the database itself writes', () => {
    const written = readdirSync(new URL('../../migrations/', import.meta.url))
      .filter((file) => file.endsWith('.sql'))
      .flatMap((file) => [...read(`migrations/${file}`).matchAll(/insert into audit_events[^;]+;/g)])
      .flatMap(([statement]) =>
        [...statement.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map((match) => match[1] ?? ''),
      );
    assert.ok(written.includes('refresh.granted') && written.includes('account.erased'));
    assert.deepEqual(
      written.filter((name) => !(name in eventCatalogue)),
      [],
    );
  });

  it('says each in one sentence', () => {
    for (const [name, meaning] of Object.entries(eventCatalogue)) {
      assert.match(name, /^[a-z_]+\.[a-z_]+$/);
      assert.match(meaning, /^[A-Z][^\n|]+\.$/, name);
    }
  });
});
