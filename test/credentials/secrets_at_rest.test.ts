import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { Problem } from '../../src/domain/problems.ts';

const first = Buffer.alloc(32, 'the first secret');
const second = Buffer.alloc(48, 'the second secret');
const third = Buffer.alloc(32, 'the third secret');
const context = 'factors:secret:018f2f6e';
const plaintext = Buffer.from('what is kept at rest');

const isSecretWrong = (error: unknown): boolean => error instanceof Problem && error.code === 'secret_wrong';

/** Every text and every encoding in which bytes could show. */
function assertTellsNothing(error: unknown, secrets: readonly Buffer[]): void {
  const { message, cause, stack } = error as Error;
  const texts = [
    message,
    stack,
    JSON.stringify(error),
    cause instanceof Error ? `${cause.message}${cause.stack}` : '',
  ];
  for (const secret of secrets) {
    for (const encoding of ['utf8', 'hex', 'base64', 'base64url', 'latin1'] as const) {
      for (const text of texts) assert.ok(!text?.includes(secret.toString(encoding)), text);
    }
  }
}

describe('a secret at rest', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, place) => {
        const secrets = createSecretsAtRest([first]);
        assert.deepEqual(secrets.open(secrets.seal(Buffer.from(bytes), place), place), Buffer.from(bytes));
      }),
    );
  });

  it('opens if it is empty', () => {
    const secrets = createSecretsAtRest([first]);
    assert.deepEqual(secrets.open(secrets.seal(Buffer.alloc(0), context), context), Buffer.alloc(0));
  });

  it('looks different each time, and shows nothing of the plaintext', () => {
    const secrets = createSecretsAtRest([first]);
    const sealed = Array.from({ length: 100 }, () => secrets.seal(plaintext, context));
    assert.equal(new Set(sealed).size, 100);
    for (const text of sealed) {
      assert.match(text, /^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
      assert.ok(!text.includes(plaintext.toString('base64url')));
    }
  });

  it('opens in another process with the same secret', () => {
    const sealed = createSecretsAtRest([Buffer.from(first)]).seal(plaintext, context);
    assert.deepEqual(createSecretsAtRest([Buffer.from(first)]).open(sealed, context), plaintext);
  });

  const others = [
    'factors:secret:018f2f6f',
    'factors:backup:018f2f6e',
    'accounts:secret:018f2f6e',
    '',
    `${context} `,
  ];
  for (const other of others) {
    it(`does not open moved to ${JSON.stringify(other)}`, () => {
      const secrets = createSecretsAtRest([first]);
      assert.throws(() => secrets.open(secrets.seal(plaintext, context), other), isSecretWrong);
    });
  }
});

describe('several secrets', () => {
  const old = createSecretsAtRest([second]).seal(plaintext, context);

  it('open what each of them sealed', () => {
    const secrets = createSecretsAtRest([first, second, third]);
    for (const secret of [first, second, third]) {
      assert.deepEqual(
        secrets.open(createSecretsAtRest([secret]).seal(plaintext, context), context),
        plaintext,
      );
    }
  });

  it('seal with the newest, which is the first', () => {
    const sealed = createSecretsAtRest([first, second]).seal(plaintext, context);
    assert.deepEqual(createSecretsAtRest([first]).open(sealed, context), plaintext);
    assert.throws(() => createSecretsAtRest([second]).open(sealed, context), isSecretWrong);
  });

  it('do not open what a secret sealed that is no longer among them', () =>
    assert.throws(() => createSecretsAtRest([first, third]).open(old, context), isSecretWrong));

  it('derive one key each, newest first', () => {
    const keys = createSecretsAtRest([first, second]).deriveKeys('cookies');
    assert.equal(keys.length, 2);
    for (const key of keys) assert.equal(key.length, 32);
    assert.deepEqual(keys[0], createSecretsAtRest([first]).deriveKeys('cookies')[0]);
    assert.deepEqual(keys[1], createSecretsAtRest([second]).deriveKeys('cookies')[0]);
  });

  it('derive another key for each purpose, none of them a secret itself', () => {
    const secrets = createSecretsAtRest([first, second]);
    const keys = ['cookies', 'csrf', 'pairwise'].flatMap((purpose) => secrets.deriveKeys(purpose));
    const texts = [...keys, first, second].map((key) => key.toString('hex'));
    assert.equal(new Set(texts).size, texts.length);
  });

  it('must be at least one', () => assert.throws(() => createSecretsAtRest([]), isSecretWrong));
});

describe('what is altered at rest', () => {
  const secrets = createSecretsAtRest([first, second]);
  const parts = secrets.seal(plaintext, context).split('.');
  const names = ['version', 'key id', 'nonce', 'ciphertext', 'tag'];

  for (const [at, name] of names.entries()) {
    if (at >= 2) {
      it(`does not open with any bit of its ${name} changed`, () => {
        const bytes = Buffer.from(parts[at] ?? '', 'base64url');
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const altered = Buffer.from(bytes);
          altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
          const sealed = parts.with(at, altered.toString('base64url')).join('.');
          assert.throws(() => secrets.open(sealed, context), isSecretWrong);
        }
      });
    }
    it(`does not open without its ${name}`, () => {
      assert.throws(() => secrets.open(parts.with(at, '').join('.'), context), isSecretWrong);
      assert.throws(() => secrets.open(parts.toSpliced(at, 1).join('.'), context), isSecretWrong);
    });
  }

  it('does not open under the key id of another secret', () => {
    const [, other = ''] = createSecretsAtRest([second]).seal(plaintext, context).split('.');
    assert.throws(() => secrets.open(parts.with(1, other).join('.'), context), isSecretWrong);
  });

  it('does not open with the tag cut short', () => {
    for (const length of [4, 8, 12, 15]) {
      const tag = Buffer.from(parts[4] ?? '', 'base64url')
        .subarray(0, length)
        .toString('base64url');
      assert.throws(() => secrets.open(parts.with(4, tag).join('.'), context), isSecretWrong);
    }
  });

  for (const sealed of ['', '.', '....', 'v1', 'v2.a.b.c.d', 'plain text', '\u0000']) {
    it(`does not open as ${JSON.stringify(sealed)}`, () =>
      assert.throws(() => secrets.open(sealed, context), isSecretWrong));
  }
});

describe('the problem of what does not open', () => {
  const secrets = createSecretsAtRest([first]);
  const altered = secrets.seal(plaintext, context).slice(0, -4).concat('AAAA');
  const foreign = createSecretsAtRest([second]).seal(plaintext, context);
  for (const [what, sealed] of [
    ['altered', altered],
    ['sealed by another secret', foreign],
  ] as const) {
    it(`names the table and column, and no secret, key, plaintext or row: ${what}`, () => {
      assert.throws(
        () => secrets.open(sealed, context),
        (error: Error) => {
          assert.ok(isSecretWrong(error));
          assert.match(error.message, /\bfactors\.secret\b/);
          assert.ok(!error.message.includes('018f2f6e'));
          const keys = [
            ...secrets.deriveKeys('at-rest'),
            Buffer.from(sealed.split('.')[3] ?? '', 'base64url'),
          ];
          assertTellsNothing(error, [first, second, plaintext, ...keys]);
          return true;
        },
      );
    });
  }
});
