import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountNav } from './partials/account_nav.ts';
import { moment } from './partials/moment.ts';
import type { Moment } from './partials/moment.ts';
import { outcome } from './partials/outcome.ts';

export interface AppFactorProps {
  readonly factorId: string;
  readonly name: string;
  readonly added: Moment;
  /** Too many codes were wrong: none is taken any more. */
  readonly disabled: boolean;
}

export interface PasskeyProps {
  readonly passkeyId: string;
  readonly name: string;
  readonly added: Moment;
  /** undefined: never. */
  readonly lastUsed?: Moment | undefined;
  /** Its maker may copy it to other devices of its owner. */
  readonly synced: boolean;
}

export interface AccountSecurityProps {
  readonly csrfToken: string;
  /** What the last form did. */
  readonly notice?: string | undefined;
  /** In a row, from browsers that the account does not know; absent: none. */
  readonly wrongPasswords?:
    | {
        readonly count: number;
        readonly last: Moment;
        /** When such browsers may try again, if they have to wait. */
        readonly wait?: Moment;
      }
    | undefined;
  readonly apps: readonly AppFactorProps[];
  readonly mayAddApp: boolean;
  readonly passkeys: readonly PasskeyProps[];
  readonly mayAddPasskey: boolean;
  /** How many recovery codes are unused. */
  readonly recoveryCodes: number;
}

export function accountSecurityPage(context: PageContext, props: AccountSecurityProps): Html {
  const { csrfToken, notice, wrongPasswords, apps, mayAddApp, passkeys, mayAddPasskey, recoveryCodes } =
    props;
  return layout(
    context,
    {
      heading: 'How you sign in',
      wide: true,
      nav: accountNav('security', csrfToken),
      scripts: ['local_time.js'],
    },
    html`${outcome(notice)}
<h2>Password</h2>
<p><a class="button tool fit" href="/account/security/password">Change your password</a></p>
${wrongPasswords && guesses(wrongPasswords)}
<h2>Passkeys</h2>
${
  passkeys.length === 0
    ? html`<p class="soft">None. With one, your fingerprint, your face or a security key confirms that it is you.</p>`
    : html`<ul class="accesses">${passkeys.map(passkey)}</ul>`
}
${
  mayAddPasskey &&
  html`<p><a class="button tool fit" href="/account/security/passkeys/new">${
    passkeys.length === 0 ? 'Add a passkey' : 'Add another passkey'
  }</a></p>`
}
<h2>Authenticator apps</h2>
${
  apps.length === 0
    ? html`<p class="soft">None. With one, a code from your phone confirms that it is you.</p>`
    : html`<ul class="accesses">${apps.map(app)}</ul>`
}
${
  mayAddApp &&
  html`<p><a class="button tool fit" href="/account/security/apps/new">${
    apps.length === 0 ? 'Set up an app' : 'Add another app'
  }</a></p>`
}
${apps.length + passkeys.length > 0 && codes(recoveryCodes)}`,
  );
}

function guesses({ count, last, wait }: NonNullable<AccountSecurityProps['wrongPasswords']>): Html {
  const many = count === 1 ? 'A wrong password was' : `${count} wrong passwords in a row were`;
  return html`<p>${many} tried from browsers in which you have not signed in before; the last ${moment(last)}</p>
${
  wait &&
  html`<p>Such browsers can try again ${moment(wait)}</p>
<p class="aside"><a href="/account/security/unlock">Let them try again now</a></p>`
}`;
}

function app({ factorId, name, added, disabled }: AppFactorProps): Html {
  return html`<li class="access">
<h3>${name}</h3>
<p class="soft">Added ${moment(added)}</p>
${disabled && html`<p class="field-error">Turned off: too many codes in a row were wrong.</p>`}
<p class="aside"><a href="/account/security/apps/${factorId}">Rename or remove <span class="unseen">${name}</span></a></p>
</li>`;
}

function passkey({ passkeyId, name, added, lastUsed, synced }: PasskeyProps): Html {
  return html`<li class="access">
<h3>${name}</h3>
<p class="soft">${synced ? 'May be on several of your devices' : 'On one device only'}</p>
<dl class="times">
<div><dt>Added</dt><dd>${moment(added)}</dd></div>
<div><dt>Last used</dt><dd>${lastUsed ? moment(lastUsed) : 'Never'}</dd></div>
</dl>
<p class="aside"><a href="/account/security/passkeys/${passkeyId}">Rename or remove <span class="unseen">${name}</span></a></p>
</li>`;
}

function codes(left: number): Html {
  return html`<h2>Recovery codes</h2>
<p>${left === 0 ? 'None left.' : left === 1 ? 'One left.' : `${left} left.`} Without your authenticator app or
passkey, one of them lets you in.</p>
<p><a class="button tool fit" href="/account/security/recovery-codes">Make new codes</a></p>`;
}
