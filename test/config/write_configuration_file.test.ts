import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readConfigurationDocument } from '../../src/config/configuration_file.ts';
import {
  writeConfigurationDocument,
  writeConfigurationFile,
} from '../../src/config/write_configuration_file.ts';
import type { ConfigurationFile } from '../../src/config/configuration_file.ts';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { configurationFiles } from '../support/configuration_files.ts';
import { parse } from './parsing.test.ts';

const example = readFileSync(new URL('example.yaml', import.meta.url), 'utf8');
const write = (desired: DesiredConfiguration, secretHashes: boolean, disabled: string[] = []) =>
  writeConfigurationFile(writeConfigurationDocument(desired, { secretHashes }), {
    header: ['one', '', 'two'],
    disabledClients: new Set(disabled),
  });

const sectionsOf = (file: unknown): DesiredConfiguration => onlySections(parse(file));

function onlySections(file: ConfigurationFile): DesiredConfiguration {
  const { warnings: _warnings, unresolved: _unresolved, digest: _digest, ...sections } = file;
  return sections;
}

describe('a written configuration file', () => {
  it('says what was read, whatever that is, and is written alike again', () => {
    fc.assert(
      fc.property(configurationFiles, (file) => {
        const desired = sectionsOf(file);
        const text = write(desired, true);
        assert.deepEqual(sectionsOf(text), desired);
        assert.equal(write(sectionsOf(text), true), text);
      }),
      { numRuns: 100 },
    );
  });

  it('says the same as JSON', () => {
    fc.assert(
      fc.property(configurationFiles, (file) => {
        const desired = sectionsOf(file);
        const sent = JSON.stringify(writeConfigurationDocument(desired, { secretHashes: true }));
        assert.deepEqual(
          onlySections(readConfigurationDocument(JSON.parse(sent), { env: undefined })),
          desired,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('keeps stored secrets, and holds none', () => {
    fc.assert(
      fc.property(configurationFiles, (file) => {
        const desired = sectionsOf(file);
        const text = write(desired, false);
        const hashes = [...(desired.clients ?? [])].flatMap(([, { secretHash }]) => secretHash ?? []);
        for (const hash of hashes) assert.ok(!text.includes(hash.toString('hex')));
        const kept = [...(sectionsOf(text).clients ?? [])].filter(([, { keepsSecret }]) => keepsSecret);
        assert.equal(kept.length, hashes.length);
        assert.equal(write(sectionsOf(text), true), text, 'a kept secret stays one, hashes or not');
      }),
    );
  });

  it('reads as people write it', () => {
    const [policies = '', ...rest] = write(sectionsOf(example), false, ['shop']).split('\n\n').slice(2);
    assert.equal(
      policies.split('\n').slice(0, 6).join('\n'),
      `policies:
  member:
    access_token_ttl: 10m
    refresh_idle: 30m
    refresh_absolute: 12h
    refresh_overlap: 10s`,
    );
    const [roles = '', scopes = '', resources = '', clients = ''] = rest;
    assert.equal(roles, 'roles:\n  member:\n    policy: member\n  admin:\n    policy: admin');
    assert.match(scopes, /^ {4}roles: \[admin\]\n {4}step_up:\n {6}mfa_max_age: 5m$/m);
    assert.equal(
      resources,
      'resources:\n  https://api.example.com:\n    scopes: [payments.write, reports.read]\n    policy: member',
    );
    assert.match(clients, /^clients:\n {2}# disabled, .*\n {2}- client_id: shop$/m);
    assert.match(clients, /^ {4}client_secret_stored: true$/m);
  });

  it('begins with its header, and says of an empty section that it is empty', () => {
    const text = write({ policies: new Map(), clients: new Map(), branding: {} }, false);
    assert.equal(text, '# one\n\n# two\n\npolicies: {}\n\nclients: []\n\nbranding: {}\n');
  });

  it('leaves accounts out', () => {
    assert.ok(!write(sectionsOf(example), false).includes('users'));
  });
});
