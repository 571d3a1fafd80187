import type { MailNotice } from '../domain/notices.ts';

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
};

export interface MailContext {
  account: { username: string; name?: string };
  issuer: string;
  productName: string;
}

/** A mail in plain text: what happened, when and from where, and what to do if it was somebody else. */
export function mailText(
  notice: MailNotice,
  { account, issuer, productName }: MailContext,
): { subject: string; text: string } {
  const [subject, sentence] = mails[notice.mail];
  const happened = [`When: ${notice.at}`, ...(notice.address ? [`From: ${notice.address}`] : [])];
  const text = [
    `Hello ${account.name ?? account.username},`,
    sentence,
    happened.join('\n'),
    'If this was you, there is nothing to do. If not, change your password and tell whoever runs this service.',
    `${productName}, ${issuer}`,
  ].join('\n\n');
  return { subject: `${subject} (${productName})`, text: `${text}\n` };
}
