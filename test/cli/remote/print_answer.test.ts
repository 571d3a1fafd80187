import assert from 'node:assert/strict';
import { printAnswer } from '../../../src/cli/remote/print_answer.ts';

describe('printAnswer', () => {
  it('lines the columns of a list up, those asked for or all', () => {
    const items = [
      { id: 'a', roles: ['member', 'admin'], disabled: false },
      { id: 'longer', roles: [], email: 'a@example.com' },
    ];
    assert.equal(
      printAnswer(items),
      [
        'id      roles          disabled  email',
        'a       member, admin  false     -',
        'longer  -              -         a@example.com',
        '',
      ].join('\n'),
    );
    assert.equal(printAnswer(items, ['id']), 'id\na\nlonger\n');
    assert.equal(printAnswer([]), 'There is none.\n');
  });

  it('tells one thing in lines, and what it has several of below', () => {
    const answer = {
      version: 3,
      scopes: ['openid'],
      session: [{ field: 'session_idle', value: 60 }],
      note: null,
    };
    assert.equal(
      printAnswer(answer),
      'version:  3\nscopes:   openid\nnote:     -\nsession:\n  field         value\n  session_idle  60\n',
    );
  });
});
