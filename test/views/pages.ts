import { html } from '../../views/html.ts';
import type { Html } from '../../views/html.ts';
import type { PageContext } from '../../views/layout.ts';
import { accountAppPage } from '../../views/account_app.ts';
import { accountConfirmPage } from '../../views/account_confirm.ts';
import { accountOverviewPage } from '../../views/account_overview.ts';
import { accountPasskeyPage } from '../../views/account_passkey.ts';
import { accountPasswordPage } from '../../views/account_password.ts';
import { accountRecoveryCodesPage } from '../../views/account_recovery_codes.ts';
import { accountSecurityPage } from '../../views/account_security.ts';
import { accountActivityPage } from '../../views/account_activity.ts';
import { accountSessionsPage } from '../../views/account_sessions.ts';
import { accountUnlockPage } from '../../views/account_unlock.ts';
import { addPasskeyPage } from '../../views/add_passkey.ts';
import { consentPage } from '../../views/consent.ts';
import { deviceCodePage } from '../../views/device_code.ts';
import { deviceConfirmPage } from '../../views/device_confirm.ts';
import { deviceDonePage } from '../../views/device_done.ts';
import { enrolTotpPage } from '../../views/enrol_totp.ts';
import { errorPage } from '../../views/error.ts';
import { forgottenPasswordPage } from '../../views/forgotten_password.ts';
import { invitationNeededPage } from '../../views/invitation_needed.ts';
import { linkOverPage } from '../../views/link_over.ts';
import { linkSentPage } from '../../views/link_sent.ts';
import { passwordSetPage } from '../../views/password_set.ts';
import { passkeyPage } from '../../views/passkey.ts';
import { recoveryCodesPage } from '../../views/recovery_codes.ts';
import { recoveryPage } from '../../views/recovery.ts';
import { accountClosedPage } from '../../views/account_closed.ts';
import { sessionPage } from '../../views/session.ts';
import { signedOutPage } from '../../views/signed_out.ts';
import { setPasswordPage } from '../../views/set_password.ts';
import { signInPage } from '../../views/sign_in.ts';
import { signOutPage } from '../../views/sign_out.ts';
import { totpPage } from '../../views/totp.ts';
import { consolePages } from './console_pages.ts';

/** Gives the text for a prop; called once for each text on the page. */
export type Text = (name: string) => string;

export const context: PageContext = {
  branding: { name: 'Curfew' },
  assetUrl: (name) => `/assets/${name}?v=0123abcd`,
};

/** Every page with every prop filled by `text`. */
export const fullPages: Readonly<Record<string, (text: Text) => Html>> = {
  signIn: (text) =>
    signInPage(branded(text), {
      ...common(text),
      error: text('error'),
      reason: text('reason'),
      lockedUntilText: text('lockedUntilText'),
      forgottenPasswordUrl: text('forgottenPasswordUrl'),
      passkey: { action: text('action'), request: text('request') },
      passkeyError: text('passkeyError'),
      cancel: { action: text('cancel') },
    }),
  reauthentication: (text) => signInPage(branded(text), { ...common(text), reauthentication: true }),
  forgottenPassword: (text) =>
    forgottenPasswordPage(branded(text), {
      action: text('action'),
      csrfToken: text('csrfToken'),
      name: text('name'),
      error: text('error'),
      lockedUntilText: text('lockedUntilText'),
    }),
  linkSent: (text) => linkSentPage(branded(text), { againUrl: text('againUrl') }),
  linkOver: (text) =>
    linkOverPage(branded(text), {
      signInUrl: text('signInUrl'),
      forgottenPasswordUrl: text('forgottenPasswordUrl'),
    }),
  linkOverWithoutMail: (text) => linkOverPage(branded(text), { signInUrl: text('signInUrl') }),
  setPassword: (text) =>
    setPasswordPage(branded(text), {
      ...accountForm(text),
      action: text('action'),
      shortest: 15,
      isFirst: true,
      error: text('error'),
    }),
  setPasswordAnew: (text) =>
    setPasswordPage(branded(text), {
      ...accountForm(text),
      action: text('action'),
      shortest: 8,
      isFirst: false,
    }),
  passwordSet: (text) => passwordSetPage(branded(text), { signInUrl: text('signInUrl') }),
  consent: (text) =>
    consentPage(branded(text), {
      ...common(text),
      allowAction: text('action'),
      denyAction: text('denyAction'),
      clientHost: text('clientHost'),
      ...permissions(text),
      lasts: [text('lasts'), text('lasts')],
      lease: { duration: text('duration'), purpose: text('purpose') },
    }),
  signOut: (text) => signOutPage(branded(text), { ...common(text), xsrf: text('xsrf') }),
  signedOut: (text) =>
    signedOutPage(branded(text), {
      clientName: text('clientName'),
      signInUrl: text('signInUrl'),
      reason: text('reason'),
    }),
  signedOutEverywhere: (text) =>
    signedOutPage(branded(text), { everywhere: true, signInUrl: text('signInUrl') }),
  accountClosed: (text) => accountClosedPage(branded(text), common(text)),
  accountOverview: (text) =>
    accountOverviewPage(branded(text), {
      ...common(text),
      name: text('name'),
      email: text('email'),
      device: text('device'),
      otherSessions: 1,
      apps: 2,
    }),
  accountSessions: (text) =>
    accountSessionsPage(branded(text), {
      ...common(text),
      notice: text('notice'),
      current: session(text),
      others: [session(text), session(text)],
      apps: [
        {
          clientId: text('clientId'),
          name: text('clientName'),
          accesses: [
            access(text),
            { ...access(text), lease: { purpose: text('purpose'), end: access(text).idleEnd } },
          ],
        },
      ],
    }),
  accountActivity: (text) =>
    accountActivityPage(branded(text), {
      ...common(text),
      activities: [
        { text: text('text'), device: text('device'), address: text('address'), at: access(text).started },
        { text: text('text'), at: access(text).started },
      ],
      newestUrl: text('newestUrl'),
      olderUrl: text('olderUrl'),
    }),
  accountActivityEmpty: (text) => accountActivityPage(branded(text), { ...common(text), activities: [] }),
  accountSessionsEmpty: (text) =>
    accountSessionsPage(branded(text), { ...common(text), current: session(text), others: [], apps: [] }),
  session: (text) =>
    sessionPage(branded(text), {
      ...common(text),
      signedIn: true,
      left: text('left'),
      idle: moment(text)('idle'),
      absolute: moment(text)('absolute'),
      idleLimit: text('idleLimit'),
      isLast: false,
    }),
  sessionOver: (text) => sessionPage(branded(text), { signedIn: false, reason: text('reason') }),
  accountSecurity: (text) =>
    accountSecurityPage(branded(text), {
      csrfToken: text('csrfToken'),
      notice: text('notice'),
      wrongPasswords: { count: 20, last: moment(text)('last'), wait: moment(text)('wait') },
      apps: [appFactor(text), { ...appFactor(text), disabled: true }],
      mayAddApp: true,
      passkeys: [passkey(text), { ...passkey(text), lastUsed: undefined, synced: false }],
      mayAddPasskey: true,
      recoveryCodes: 7,
    }),
  accountSecurityWithoutApps: (text) =>
    accountSecurityPage(branded(text), {
      csrfToken: text('csrfToken'),
      apps: [],
      mayAddApp: true,
      passkeys: [],
      mayAddPasskey: true,
      recoveryCodes: 0,
    }),
  accountConfirm: (text) =>
    accountConfirmPage(branded(text), {
      ...accountForm(text),
      next: text('next'),
      asks: { password: true, factor: true },
      hasApp: true,
      passkeyRequest: text('request'),
      error: { field: 'code', text: text('error') },
      lockedUntilText: text('lockedUntilText'),
    }),
  accountConfirmCode: (text) =>
    accountConfirmPage(branded(text), {
      ...accountForm(text),
      next: text('next'),
      asks: { password: false, factor: true },
      hasApp: false,
    }),
  accountPassword: (text) =>
    accountPasswordPage(branded(text), {
      ...accountForm(text),
      shortest: 15,
      error: { field: 'new_password', text: text('error') },
      lockedUntilText: text('lockedUntilText'),
    }),
  accountUnlock: (text) => accountUnlockPage(branded(text), { csrfToken: text('csrfToken') }),
  accountApp: (text) =>
    accountAppPage(branded(text), {
      csrfToken: text('csrfToken'),
      factorId: text('factorId'),
      name: text('appName'),
      isLast: true,
      isAlwaysAsked: false,
    }),
  accountPasskey: (text) =>
    accountPasskeyPage(branded(text), {
      csrfToken: text('csrfToken'),
      passkeyId: text('passkeyId'),
      name: text('passkeyName'),
      isLast: true,
    }),
  addPasskey: (text) =>
    addPasskeyPage(branded(text), {
      ...accountForm(text),
      action: text('action'),
      serviceName: text('serviceName'),
      request: text('request'),
      error: text('error'),
      passkeyName: text('passkeyName'),
      account: true,
    }),
  addPasskeyToGoOn: (text) =>
    addPasskeyPage(branded(text), {
      ...accountForm(text),
      action: text('action'),
      serviceName: text('serviceName'),
      request: text('request'),
      why: text('why'),
    }),
  accountRecoveryCodes: (text) =>
    accountRecoveryCodesPage(branded(text), { csrfToken: text('csrfToken'), left: 3 }),
  error: (text) =>
    errorPage(branded(text), {
      title: text('title'),
      message: text('message'),
      detail: text('detail'),
      requestId: text('requestId'),
      retryUrl: text('retryUrl'),
    }),
  totp: (text) =>
    totpPage(branded(text), {
      ...common(text),
      why: text('why'),
      error: text('error'),
      lockedUntilText: text('lockedUntilText'),
      recoveryAction: text('recoveryAction'),
      passkey: { action: text('action'), request: text('request') },
      passkeyError: text('passkeyError'),
    }),
  passkey: (text) =>
    passkeyPage(branded(text), {
      ...common(text),
      request: text('request'),
      why: text('why'),
      error: text('error'),
      recoveryAction: text('recoveryAction'),
    }),
  recovery: (text) =>
    recoveryPage(branded(text), {
      ...common(text),
      error: text('error'),
      lockedUntilText: text('lockedUntilText'),
      totpUrl: text('totpUrl'),
      passkeyUrl: text('passkeyUrl'),
    }),
  invitationNeeded: (text) =>
    invitationNeededPage(branded(text), {
      username: text('username'),
      cancel: { action: text('action'), csrfToken: text('csrfToken') },
    }),
  enrolTotp: (text) =>
    enrolTotpPage(branded(text), {
      ...common(text),
      otpauthUri: text('otpauthUri'),
      qrSvg: html`<svg viewBox="0 0 1 1"><path d="M0 0h1v1h-1z"/></svg>`,
      secretGroups: [text('secret'), text('secret')],
      issuer: text('issuer'),
      error: text('error'),
      why: text('why'),
      deviceName: text('deviceName'),
    }),
  enrolTotpFurther: (text) =>
    enrolTotpPage(branded(text), {
      ...accountForm(text),
      action: text('action'),
      otpauthUri: text('otpauthUri'),
      qrSvg: html`<svg viewBox="0 0 1 1"><path d="M0 0h1v1h-1z"/></svg>`,
      secretGroups: [text('secret')],
      issuer: text('issuer'),
      account: { hasOthers: true },
    }),
  recoveryCodes: (text) =>
    recoveryCodesPage(branded(text), {
      codes: [text('code'), text('code')],
      next: { action: text('action'), csrfToken: text('csrfToken') },
    }),
  recoveryCodesAnew: (text) =>
    recoveryCodesPage(branded(text), { codes: [text('code')], next: { url: text('continueUrl') } }),
  deviceCode: (text) =>
    deviceCodePage(branded(text), {
      action: text('action'),
      xsrf: text('xsrf'),
      error: text('error'),
      userCode: text('userCode'),
      note: text('note'),
    }),
  deviceConfirm: (text) =>
    deviceConfirmPage(branded(text), {
      action: text('action'),
      xsrf: text('xsrf'),
      userCode: text('userCode'),
      clientName: text('clientName'),
      ...permissions(text),
      askedFrom: text('askedFrom'),
    }),
  deviceDone: (text) => deviceDonePage(branded(text), { clientName: text('clientName') }),
  ...consolePages(branded),
};

function branded(text: Text): PageContext {
  return { ...context, branding: { name: text('brand'), logoUrl: text('logoUrl') } };
}

function common(text: Text) {
  return {
    action: text('action'),
    csrfToken: text('csrfToken'),
    clientName: text('clientName'),
    username: text('username'),
  };
}

function accountForm(text: Text) {
  return { csrfToken: text('csrfToken'), username: text('username') };
}

function appFactor(text: Text) {
  const added = { iso: text('iso'), text: text('moment'), distance: text('added') };
  return { factorId: text('factorId'), name: text('appName'), added, disabled: false };
}

function passkey(text: Text) {
  const [added, lastUsed] = [moment(text)('added'), moment(text)('lastUsed')];
  return { passkeyId: text('passkeyId'), name: text('passkeyName'), added, lastUsed, synced: true };
}

function permissions(text: Text) {
  const scopes = [{ name: text('scope'), description: text('description') }];
  return { scopes, resources: [{ identifier: text('identifier'), scopes }] };
}

function session(text: Text) {
  return { sessionId: text('sessionId'), apps: [text('clientName'), text('clientName')], ...access(text) };
}

function access(text: Text) {
  return {
    device: text('device'),
    address: text('address'),
    started: moment(text)('started'),
    lastActive: moment(text)('lastActive'),
    idleEnd: moment(text)('idleEnd'),
    absoluteEnd: moment(text)('absoluteEnd'),
  };
}

const moment = (text: Text) => (name: string) => ({
  iso: text('iso'),
  text: text('moment'),
  distance: text(name),
});
