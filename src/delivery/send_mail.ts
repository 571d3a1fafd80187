import type { MailNotice } from '../domain/notices.ts';
import type { Origin } from '../domain/origin.ts';
import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import { openMailTransport } from './open_mail_transport.ts';
import type { MailSettings } from './open_mail_transport.ts';
import type { Delivery, Sender } from './send_batch.ts';
import { linkMails, mailText } from './mail_texts.ts';

export interface MailSenderOptions {
  /** undefined: there is no mail server, and nothing is sent. */
  settings: MailSettings | undefined;
  issuer: string;
  productName(): string;
  findAccount(accountId: string): Promise<{ username: string; name?: string; email?: string } | undefined>;
  /**
   * Make a link to set a password, good for so many seconds: a new one for each try, so that it is stored
   * nowhere. undefined: this account gets none.
   */
  issuePasswordLink(
    account: { accountId: string; purpose: PasswordLinkPurpose },
    origin: Origin,
  ): Promise<{ url: string; seconds: number } | undefined>;
}

/** Tells people by mail what happened to their account, or brings a link. Who has no address is told nothing. */
export function createMailSender(options: MailSenderOptions): { send: Sender; close(): void } {
  const { settings, issuer, productName, findAccount, issuePasswordLink } = options;
  if (!settings) return { send: () => Promise.resolve({ outcome: 'delivered' }), close() {} };

  const transport = openMailTransport(settings);
  return {
    async send({ payload }) {
      const notice = payload as unknown as MailNotice;
      const { accountId } = notice;
      const account = accountId === null ? undefined : await findAccount(accountId);
      if (accountId === null || !account?.email) return { outcome: 'delivered' };
      const purpose = linkMails[notice.mail];
      const link = purpose && (await issuePasswordLink({ accountId, purpose }, { address: notice.address }));
      if (purpose && !link) return { outcome: 'delivered' };
      const { subject, text } = mailText(notice, { account, issuer, productName: productName(), link });
      try {
        await transport.sendMail({
          from: settings.from,
          // As one address, whatever is in it.
          to: { name: '', address: account.email },
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { outcome: 'delivered' };
      } catch (error) {
        return readFailure(error);
      }
    },
    close: () => transport.close(),
  };
}

/**
 * A 5xx to this recipient or this text is for ever (RFC 5321 §4.2.1), a 4xx is about this mail; all else,
 * such as a wrong password, is about the server.
 */
function readFailure(error: unknown): Delivery {
  const { responseCode, code, command } = error as { responseCode?: number; code?: string; command?: string };
  const words = `the mail server answered ${responseCode ?? code ?? 'nothing'}`;
  const isAboutMail = responseCode !== undefined && (command === 'RCPT TO' || command === 'DATA');
  if (!isAboutMail) return { outcome: 'unreachable', error: words };
  return { outcome: responseCode >= 500 ? 'rejected' : 'failed', error: words };
}
