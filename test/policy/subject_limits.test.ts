import assert from 'node:assert/strict';
import { clientLimits, familyLimits, sessionLimits } from '../../src/policy/subject_limits.ts';
import { client, configurationOf, policy } from './facts.ts';

type Subject = Parameters<typeof familyLimits>[1];

const named = { idle60: 60, idle50: 50, idle40: 40, idle30: 30, idle20: 20 };
const configuration = configurationOf({
  policies: Object.entries(named).map(([name, seconds]) =>
    policy(name, { refresh_idle: seconds, session_idle: seconds }),
  ),
  roles: [{ name: 'member', policy: 'idle60' }],
  clients: [client('shop', { policy: 'idle50' }), client('portal', { policy: 'idle20' })],
  resources: [
    { identifier: 'https://a.example', scopes: [], policy: 'idle40' },
    { identifier: 'https://b.example', scopes: [], policy: 'idle20' },
  ],
  scopes: [
    { name: 'a', policy: 'idle30' },
    { name: 'b', policy: 'idle20' },
  ],
});

describe('the limits of a family', () => {
  const plain: Subject = { clientId: 'unknown', resources: [], scopes: [] };
  const cases: [what: string, family: Subject, roles: string[], idle: number][] = [
    ["are those of the account's roles", plain, ['member'], 60],
    ['are those of its client', { ...plain, clientId: 'shop' }, ['member'], 50],
    ['are those of all its resources', { ...plain, resources: ['https://a.example'] }, ['member'], 40],
    [
      'are those of every one of its resources',
      { ...plain, resources: ['https://a.example', 'https://b.example'] },
      ['member'],
      20,
    ],
    ['are those of its scopes', { ...plain, scopes: ['a'] }, ['member'], 30],
    ['are those of every one of its scopes', { ...plain, scopes: ['a', 'b'] }, ['member'], 20],
    ['are those of the policy default where none applies', plain, [], 900],
  ];
  for (const [what, family, roles, idle] of cases) {
    it(what, () => assert.equal(familyLimits(configuration, family, roles).refresh_idle.value, idle));
  }
});

describe('the limits of a client without a user', () => {
  const plain: Subject = { clientId: 'unknown', resources: [], scopes: [] };
  const cases: [what: string, subject: Subject, idle: number][] = [
    ['are its own', { ...plain, clientId: 'shop' }, 50],
    [
      'are those of the resource where they are stricter',
      { clientId: 'shop', resources: ['https://a.example'], scopes: [] },
      40,
    ],
    [
      'are its own where those of the resource are less strict',
      { clientId: 'portal', resources: ['https://a.example'], scopes: [] },
      20,
    ],
    [
      'are those of the scopes where they are stricter',
      { clientId: 'shop', resources: ['https://a.example'], scopes: ['a'] },
      30,
    ],
    ['are those of every one of its scopes', { clientId: 'shop', resources: [], scopes: ['a', 'b'] }, 20],
    ['are those of the policy default where none applies', plain, 900],
  ];
  for (const [what, subject, idle] of cases) {
    it(what, () => assert.equal(clientLimits(configuration, subject).refresh_idle.value, idle));
  }
});

describe('the limits of a session', () => {
  const cases: [what: string, clientIds: string[], roles: string[], idle: number][] = [
    ["are those of the account's roles", [], ['member'], 60],
    ['are those of its client', ['shop'], ['member'], 50],
    ['are those of every client signed in through it', ['shop', 'portal'], ['member'], 20],
    ['are those of the policy default where none applies', [], [], 900],
  ];
  for (const [what, clientIds, roles, idle] of cases) {
    it(what, () => assert.equal(sessionLimits(configuration, { clientIds }, roles).session_idle.value, idle));
  }
});
