import assert from 'node:assert/strict';
import { consentPage } from '../../views/consent.ts';
import { deviceCodePage } from '../../views/device_code.ts';
import { deviceConfirmPage } from '../../views/device_confirm.ts';
import { enrolTotpPage } from '../../views/enrol_totp.ts';
import { errorPage } from '../../views/error.ts';
import { html } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';
import { recoveryCodesPage } from '../../views/recovery_codes.ts';
import { recoveryPage } from '../../views/recovery.ts';
import { signedOutPage } from '../../views/signed_out.ts';
import { signInPage } from '../../views/sign_in.ts';
import { signOutPage } from '../../views/sign_out.ts';
import { totpPage } from '../../views/totp.ts';
import { context } from './pages.ts';
import { strictParse } from './strict_parse.ts';
import type { Element } from './strict_parse.ts';

const signIn = { action: '/interaction/1', csrfToken: 'token', clientName: 'Shop' };
const totp = { ...signIn, username: 'ada' };
const scopes = [{ name: 'openid', description: 'Know who you are' }];

describe('the sign-in page', () => {
  it('is titled after the app and asks for name and password in its first form', () => {
    const page = read(signInPage(context, { ...signIn, cancel: { action: '/abort' } }));
    assert.equal(page.title, 'Sign in to Shop');
    assert.deepEqual(page.forms, [
      { action: '/interaction/1', fields: { csrf: 'token', username: '', password: '' } },
      { action: '/abort', fields: { csrf: 'token' } },
    ]);
    assert.equal(page.field('username')['autocomplete'], 'username');
    assert.equal(page.field('username')['autocapitalize'], 'none');
    assert.equal(page.field('username')['spellcheck'], 'false');
    assert.equal(page.field('password')['autocomplete'], 'current-password');
  });

  it('focuses the first field that is still empty', () => {
    assert.equal(read(signInPage(context, signIn)).focused, 'username');
    const hinted = read(signInPage(context, { ...signIn, username: 'ada' }));
    assert.equal(hinted.focused, 'password');
    assert.equal(hinted.field('username')['value'], 'ada');
  });

  it('never writes a password', () => {
    assert.equal(
      'value' in read(signInPage(context, { ...signIn, error: 'Wrong.' })).field('password'),
      false,
    );
  });

  it('says an error at the top, at the fields and in the title', () => {
    const page = read(
      signInPage(context, { ...signIn, username: 'ada', error: 'Name or password is wrong.' }),
    );
    assert.equal(page.title, 'Error: Sign in to Shop');
    assert.match(page.byId('error-summary').text, /Name or password is wrong\./);
    assert.equal(page.byId('error-summary').attributes['role'], 'alert');
    assert.equal(page.byId('error-summary').attributes['tabindex'], '-1');
    for (const name of ['username', 'password']) {
      assert.equal(page.field(name)['aria-invalid'], 'true');
      assert.equal(page.field(name)['aria-describedby'], 'password-error');
    }
  });

  it('says until when no try counts', () => {
    const page = read(signInPage(context, { ...signIn, lockedUntilText: 'Try again at 14:35.' }));
    assert.equal(page.title, 'Error: Sign in to Shop');
    assert.match(page.byId('error-summary').text, /Try again at 14:35\./);
    assert.equal('aria-invalid' in page.field('username'), false);
  });

  it('says calmly why they were signed out, and to a screen reader too', () => {
    const page = read(signInPage(context, { ...signIn, reason: 'You were signed out.' }));
    assert.equal(page.title, 'Sign in to Shop');
    assert.equal(page.byId('notice').text, 'You were signed out.');
    assert.equal(page.field('username')['aria-describedby'], 'notice');
  });

  it('asks who is signed in already to confirm', () => {
    const page = read(signInPage(context, { ...signIn, reauthentication: true }));
    assert.equal(page.title, "Confirm it's you");
    assert.match(page.main.text, /Shop asks you/);
  });
});

describe('the consent page', () => {
  const consent = {
    allowAction: '/allow',
    denyAction: '/deny',
    csrfToken: 'token',
    clientName: 'Shop',
    clientHost: 'shop.example.com',
    username: 'ada',
    scopes,
    resources: [
      {
        identifier: 'https://api.example.com',
        scopes: [{ name: 'payments.write', description: 'Move money' }],
      },
    ],
    lasts: ['Ends after 30 minutes without activity.'],
  };

  it('allows by its first form and denies by another that looks the same', () => {
    const page = read(consentPage(context, consent));
    assert.deepEqual(page.forms, [
      { action: '/allow', fields: { csrf: 'token' } },
      { action: '/deny', fields: { csrf: 'token' } },
    ]);
    const [allow, deny] = page.all('button');
    assert.deepEqual([allow?.text, deny?.text], ['Allow', 'Deny']);
    assert.equal(allow?.attributes['class'], deny?.attributes['class']);
  });

  it('says who asks, for whom, for what, where to and for how long', () => {
    const { text } = read(consentPage(context, consent)).main;
    for (const word of [
      'Shop',
      'ada',
      'Know who you are',
      'https://api.example.com',
      'Move money',
      'payments.write',
    ]) {
      assert.ok(text.includes(word), word);
    }
    assert.ok(text.includes('shop.example.com'));
    assert.ok(text.includes('Ends after 30 minutes without activity.'));
  });

  it('quotes the purpose of a lease as the words of the app', () => {
    const page = read(
      consentPage(context, { ...consent, lease: { duration: '8 hours', purpose: 'Nightly books' } }),
    );
    assert.equal(page.all('blockquote')[0]?.text, 'Nightly books');
    assert.equal(page.all('blockquote')[0]?.attributes['dir'], 'auto');
    assert.match(page.main.text, /8 hours/);
  });
});

describe('the sign-out pages', () => {
  it('sign out by the first form and stay by another without the word', () => {
    assert.deepEqual(read(signOutPage(context, { action: '/end/confirm', xsrf: 'secret' })).forms, [
      { action: '/end/confirm', fields: { xsrf: 'secret', logout: 'yes' } },
      { action: '/end/confirm', fields: { xsrf: 'secret' } },
    ]);
  });

  it('say from what one is signed out, and lead back', () => {
    const page = read(
      signedOutPage(context, { clientName: 'Shop', signInUrl: '/back', reason: 'An operator ended it.' }),
    );
    assert.match(page.main.text, /You are signed out in this browser\. Other devices stay signed in\./);
    assert.match(page.main.text, /An operator ended it\./);
    assert.ok(page.all('a').some(({ attributes }) => attributes['href'] === '/back'));
  });
});

describe('the error page', () => {
  it('carries the code, the request and a way on', () => {
    const page = read(
      errorPage(context, {
        title: 'Expired',
        message: 'Start again.',
        detail: 'invalid_request',
        requestId: 'r1',
        retryUrl: '/again',
      }),
    );
    assert.equal(page.title, 'Error: Expired');
    assert.match(page.main.text, /Start again\.[^]*invalid_request[^]*r1/);
    assert.ok(page.all('a').some(({ attributes }) => attributes['href'] === '/again'));
  });
});

describe('the code pages', () => {
  it('ask for a code in one field that takes spaces', () => {
    const page = read(totpPage(context, totp));
    assert.deepEqual(page.forms, [{ action: '/interaction/1', fields: { csrf: 'token', code: '' } }]);
    const { autocomplete, inputmode, pattern } = page.field('code');
    assert.deepEqual([autocomplete, inputmode, page.focused], ['one-time-code', 'numeric', 'code']);
    for (const code of ['123456', '123 456', ' 1 2 3 4 5 6 '])
      assert.match(code, new RegExp(`^(?:${pattern})$`, 'v'));
    for (const code of ['12345', '1234567', '12345x'])
      assert.doesNotMatch(code, new RegExp(`^(?:${pattern})$`, 'v'));
  });

  it('say why they ask, and lead to the recovery codes where there are some', () => {
    const page = read(
      totpPage(context, { ...totp, why: "Shop asks you to confirm it's you.", recoveryAction: '/recovery' }),
    );
    assert.equal(page.byId('notice').text, "Shop asks you to confirm it's you.");
    assert.equal(page.field('code')['aria-describedby'], 'code-hint notice');
    assert.ok(page.all('a').some(({ attributes }) => attributes['href'] === '/recovery'));
  });

  it('say an error at the top, at the field and in the title', () => {
    const page = read(totpPage(context, { ...totp, error: 'Already used.' }));
    assert.equal(page.title, 'Error: Enter your code');
    assert.equal(page.byId('code-error').text, 'Already used.');
    assert.equal(page.field('code')['aria-describedby'], 'code-error code-hint');
  });

  it('ask for a recovery code', () => {
    const page = read(recoveryPage(context, totp));
    assert.deepEqual(page.forms, [
      { action: '/interaction/1', fields: { csrf: 'token', recovery_code: '' } },
    ]);
    assert.equal(page.field('recovery_code')['autocomplete'], 'one-time-code');
  });
});

describe('the enrolment pages', () => {
  const otpauthUri = 'otpauth://totp/Curfew:ada?secret=ABCDEFGH&issuer=Curfew';
  const enrol = {
    ...totp,
    otpauthUri,
    qrSvg: html`<svg><path d="M0 0"/></svg>`,
    secretGroups: ['ABCD', 'EFGH'],
    issuer: 'Curfew',
  };

  it('carry the address as a link, the picture and the secret as text', () => {
    const page = read(enrolTotpPage(context, enrol));
    assert.ok(page.all('a').some(({ attributes }) => attributes['href'] === otpauthUri));
    assert.equal(page.all('svg').length, 1);
    assert.equal(page.byId('secret').text.trim(), 'ABCD EFGH');
    assert.deepEqual(page.forms, [
      { action: '/interaction/1', fields: { csrf: 'token', code: '', name: '' } },
    ]);
    assert.equal(page.field('code')['autocomplete'], 'one-time-code');
    assert.equal('required' in page.field('name'), false);
    assert.equal(
      read(enrolTotpPage(context, { ...enrol, why: 'Shop asks.' })).byId('notice').text,
      'Shop asks.',
    );
  });

  it('show the recovery codes as text and as a file', () => {
    const page = read(
      recoveryCodesPage(context, {
        codes: ['aaaa-1', 'bbbb-2'],
        next: { action: '/on', csrfToken: 'token' },
      }),
    );
    assert.deepEqual(
      page.all('li').map(({ text }) => text),
      ['aaaa-1', 'bbbb-2'],
    );
    const file = page.all('a').find(({ attributes }) => attributes['download'] === 'recovery-codes.txt');
    assert.equal(file?.attributes['href'], 'data:text/plain;charset=utf-8,aaaa-1%0Abbbb-2%0A');
    assert.deepEqual(page.forms, [{ action: '/on', fields: { csrf: 'token' } }]);
  });
});

describe('the device pages', () => {
  it('ask for the code, and keep it when it was wrong', () => {
    const page = read(
      deviceCodePage(context, { action: '/device', xsrf: 'x', userCode: 'BCDF', error: 'No such code.' }),
    );
    assert.deepEqual(page.forms, [{ action: '/device', fields: { xsrf: 'x', user_code: 'BCDF' } }]);
    assert.equal(page.title, 'Error: Connect a device');
  });

  it('confirm by the first form and stop by another', () => {
    const page = read(
      deviceConfirmPage(context, {
        action: '/device',
        xsrf: 'x',
        userCode: 'BCDF-GHJK',
        clientName: 'Television',
        scopes,
        resources: [],
      }),
    );
    assert.deepEqual(page.forms, [
      { action: '/device', fields: { xsrf: 'x', user_code: 'BCDF-GHJK', confirm: 'yes' } },
      { action: '/device', fields: { xsrf: 'x', user_code: 'BCDF-GHJK', abort: 'yes' } },
    ]);
    assert.match(page.main.text, /BCDF-GHJK[^]*Know who you are/);
  });
});

/** A page as a browser would use it. */
function read(page: Html) {
  const elements = strictParse(String(page));
  const all = (tag: string): Element[] => elements.filter((element) => element.tag === tag);
  const one = (is: (element: Element) => boolean): Element => {
    const [found, ...more] = elements.filter(is);
    assert.ok(found && more.length === 0, 'exactly one');
    return found;
  };
  return {
    all,
    title: one(({ tag }) => tag === 'title').text,
    main: one(({ tag }) => tag === 'main'),
    focused: elements.find(({ attributes }) => 'autofocus' in attributes)?.attributes['id'],
    byId: (id: string) => one(({ attributes }) => attributes['id'] === id),
    field: (name: string) =>
      one(({ tag, attributes }) => tag === 'input' && attributes['name'] === name).attributes,
    forms: formsOf(elements),
  };
}

function formsOf(elements: readonly Element[]): { action: string; fields: Record<string, string> }[] {
  const forms: { action: string; fields: Record<string, string> }[] = [];
  for (const { tag, attributes, parents } of elements) {
    if (tag === 'form') {
      assert.ok(parents.includes('main'));
      forms.push({ action: attributes['action'] ?? '', fields: {} });
    }
    const form = forms.at(-1);
    if (tag === 'input' && form) form.fields[attributes['name'] ?? ''] = attributes['value'] ?? '';
  }
  return forms;
}
