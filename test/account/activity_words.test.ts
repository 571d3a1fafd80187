import assert from 'node:assert/strict';
import { activityWords, untoldEvents } from '../../src/account/activity_words.ts';
import { endReasons } from '../../src/domain/reasons.ts';
import { eventCatalogue } from '../../src/events/catalogue.ts';

const say = (name: string, detail: Record<string, unknown> = {}) =>
  activityWords[name]?.say({ app: 'the shop', detail });

describe('the words for what happened to an account', () => {
  it('stand for every event of the catalogue, or it is said why that is not told', () => {
    const known = [...Object.keys(activityWords), ...Object.keys(untoldEvents)];
    assert.deepEqual(known.toSorted(), Object.keys(eventCatalogue).toSorted());
  });

  it('are whole sentences, whatever the detail holds or lacks', () => {
    const ends = Object.keys(endReasons).map((reason) => ({ reason, limit: 900 }));
    const methods = ['otp', 'passkey', 'recovery_code'].flatMap((method) =>
      ['wrong', 'used', 'blocked', 'disabled'].map((reason) => ({ method, reason })),
    );
    for (const name of Object.keys(activityWords))
      for (const detail of [{}, ...ends, ...methods, { reason: 'toString', limit: 'x', amr: 'pwd' }])
        assert.match(say(name, detail) ?? '', /^[A-Z][^{}]+\.$/, `${name} ${JSON.stringify(detail)}`);
  });

  it('tell apart what people would', () => {
    assert.equal(say('sign_in.succeeded', { amr: ['pwd'] }), 'You signed in with your password.');
    assert.equal(say('sign_in.succeeded', { amr: ['swk', 'user', 'mfa'] }), 'You signed in with a passkey.');
    assert.equal(say('sign_in.failed', { reason: 'password_wrong' }), 'A wrong password was tried.');
    assert.equal(say('sign_in.failed', { reason: 'passkey_counter' }), 'A passkey was refused.');
    assert.equal(
      say('session.ended', { reason: 'idle_timeout', limit: 900 }),
      'You were signed out after 15 minutes without activity.',
    );
    assert.equal(
      say('family.ended', { reason: 'idle_timeout', limit: 1800 }),
      'The access of the shop ended after 30 minutes without activity.',
    );
    assert.equal(say('factor.enrolled', { method: 'otp' }), 'An authenticator was added.');
    assert.equal(say('lease.granted', { duration: 7200 }), 'The shop may work on without you for 2 hours.');
  });
});
