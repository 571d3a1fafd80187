import assert from 'node:assert/strict';
import { Problem } from '../../src/domain/problems.ts';

describe('a problem', () => {
  it('is an error with a code of the table, and the message and cause that it was given', () => {
    const cause = new Error('the cause');
    const problem = new Problem('secret_wrong', 'How to mend it.', { cause });
    assert.ok(problem instanceof Error);
    assert.deepEqual(
      [problem.name, problem.code, problem.message, problem.cause],
      ['Problem', 'secret_wrong', 'How to mend it.', cause],
    );
  });

  it('has no cause unless it was given one', () =>
    assert.ok(!Object.hasOwn(new Problem('role_unknown', 'No such role.'), 'cause')));
});
