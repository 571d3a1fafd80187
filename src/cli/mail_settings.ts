import type { Environment } from '../config/environment.ts';
import type { MailSettings } from '../delivery/open_mail_transport.ts';

/** undefined: no mail server is configured. */
export function mailSettings({ smtpUrl, mailFrom }: Environment): MailSettings | undefined {
  return smtpUrl === undefined || mailFrom === undefined ? undefined : { smtpUrl, from: mailFrom };
}
