import assert from 'node:assert/strict';
import { readAuthor } from '../../src/domain/read_author.ts';

describe('the author of a change', () => {
  const cases: [actor: string | undefined, author: object][] = [
    ['curfew apply', { author: 'curfew apply' }],
    ['start', { author: 'start' }],
    ['admin:0f0e', { author: 'admin', accountId: '0f0e' }],
    ['admin:', { author: 'admin:' }],
    [undefined, { author: 'unknown' }],
  ];
  for (const [actor, author] of cases) {
    it(`is ${JSON.stringify(author)} for ${actor}`, () => assert.deepEqual(readAuthor({ actor }), author));
  }
});
