import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { buildJsonSchema, renderJsonSchema } from '../../src/config/json_schema.ts';
import { listKeys, renderKeyTable } from '../../src/config/key_table.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/generated/${name}`, import.meta.url), 'utf8');
const again = 'run node --import tsx src/config/generate.ts';

describe('the generated files of the configuration', () => {
  it('are current', () => {
    assert.equal(read('configuration.schema.json'), renderJsonSchema(), again);
    assert.equal(read('configuration.md'), renderKeyTable(), again);
  });
});

describe('the table of keys', () => {
  it('has every limit, its built-in value and which way is stricter', () => {
    const limits = listKeys().filter(({ where, stricter }) => where === 'policies.*' && stricter);
    assert.deepEqual(
      limits.map(({ key }) => key).toSorted(),
      Object.keys(builtInDefaultPolicy.limits).toSorted(),
    );
    assert.ok(limits.every((row) => row.default.startsWith('`')));
  });

  it('says what every key means, in one line', () => {
    for (const { where, key, type, meaning } of listKeys()) {
      assert.match(meaning, /^[^\n]+\.$/, `${where} ${key}`);
      assert.doesNotMatch(type, /undefined|^any$|object/, `${where} ${key}`);
    }
  });
});

describe('the published schema', () => {
  it('allows no unknown key in any mapping of fixed keys', () => {
    const open: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (value === null || typeof value !== 'object') return;
      if (
        'properties' in value &&
        (value as { additionalProperties?: unknown }).additionalProperties !== false
      )
        open.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}/${key}`);
    };
    visit(buildJsonSchema(), '');
    // A JWK may have members that others define.
    assert.deepEqual(
      open.map((path) => path.split('/').slice(-4).join('/')),
      ['jwks/properties/keys/items'],
    );
  });

  it('holds no notes', () => assert.doesNotMatch(renderJsonSchema(), /"x-/));
});
