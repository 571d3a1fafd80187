import type { MailNotice } from '../domain/notices.ts';
import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import { describeDuration } from '../domain/durations.ts';

/** Mails that bring a link to set a password, and what the link is for. */
export const linkMails: Readonly<Partial<Record<MailNotice['mail'], PasswordLinkPurpose>>> = {
  password_forgotten: 'forgotten',
  password_invitation: 'invitation',
};

/** Subject and first sentence of each mail. */
const mails: Record<MailNotice['mail'], [subject: string, sentence: string]> = {
  factor_enrolled: [
    'An authenticator app was set up',
    'An authenticator app was set up for your account. From now on its codes can be asked for.',
  ],
  factor_removed: [
    'An authenticator app was removed',
    'One of the authenticator apps of your account was removed, and you were signed out everywhere else.',
  ],
  passkey_added: [
    'A passkey was added',
    'A passkey was added to your account. From now on it can be your second factor, or sign you in alone.',
  ],
  passkey_removed: [
    'A passkey was removed',
    'One of the passkeys of your account was removed, and you were signed out everywhere else.',
  ],
  factors_removed: [
    'Your second factor was removed',
    'The authenticator apps, passkeys and recovery codes of your account were removed, and you were signed out everywhere else.',
  ],
  factors_disabled: [
    'Your authenticator app was turned off',
    'Somebody who knows your password entered too many wrong codes in a row. No code of your authenticator apps is taken any more; a recovery code lets you set up a new one.',
  ],
  recovery_code_used: [
    'A recovery code was used',
    'A recovery code of your account was used. It cannot be used again.',
  ],
  recovery_codes_renewed: [
    'New recovery codes were made',
    'New recovery codes were made for your account. The old ones work no more.',
  ],
  password_changed: [
    'Your password was changed',
    'The password of your account was changed, and you were signed out everywhere else.',
  ],
  password_set: [
    'Your password was set anew',
    'A new password was set for your account, by a link made for that or by whoever runs this service, and you were signed out everywhere.',
  ],
  password_forgotten: [
    'Set a new password',
    'Somebody, probably you, forgot the password of your account and asked for this mail.',
  ],
  password_invitation: ['An account was made for you', 'An account was made for you.'],
  account_recovered: [
    'The access to your account was restored',
    'Whoever runs this service restored the access to your account from the machine that it runs on. Your password, authenticator apps, passkeys and recovery codes work no more, and you were signed out everywhere; a one-time link, which they have, sets a new password.',
  ],
};

export interface MailContext {
  account: { username: string; name?: string };
  issuer: string;
  productName: string;
  /** Only of mails that bring one. */
  link?: { url: string; seconds: number } | undefined;
}

/** A mail in plain text: what happened, when and from where, and what to do about it. */
export function mailText(
  notice: MailNotice,
  { account, issuer, productName, link }: MailContext,
): { subject: string; text: string } {
  const [subject, sentence] = mails[notice.mail];
  const happened = [`When: ${notice.at}`, ...(notice.address ? [`From: ${notice.address}`] : [])].join('\n');
  const advice = link
    ? linkAdvice(notice, account.username, link, happened)
    : [
        happened,
        'If this was you, there is nothing to do. If not, change your password and tell whoever runs this service.',
      ];
  const text = [
    `Hello ${account.name ?? account.username},`,
    sentence,
    ...advice,
    `${productName}, ${issuer}`,
  ].join('\n\n');
  return { subject: `${subject} (${productName})`, text: `${text}\n` };
}

function linkAdvice(
  { mail }: MailNotice,
  username: string,
  { url, seconds }: { url: string; seconds: number },
  happened: string,
): string[] {
  const choose = `Choose the password on the page below. It opens for the next ${describeDuration(seconds)}, and takes one password.`;
  if (mail === 'password_invitation') return [`Your username is ${username}.`, choose, url];
  return [
    choose,
    url,
    `Username: ${username}\n${happened}`,
    'If it was somebody else, there is nothing to do: your password stays as it is, and only this mail can change it.',
  ];
}
