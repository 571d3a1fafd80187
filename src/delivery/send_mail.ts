import { createTransport } from 'nodemailer';
import type { MailNotice } from '../domain/notices.ts';
import type { Delivery, Sender } from './deliver_notices.ts';
import { mailText } from './mail_texts.ts';

/** Where mail goes out, and from whom. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  smtpUrl: string;
  from: string;
}

export interface MailSenderOptions {
  /** undefined: there is no mail server, and nothing is sent. */
  settings: MailSettings | undefined;
  issuer: string;
  productName(): string;
  findAccount(accountId: string): Promise<{ username: string; name?: string; email?: string } | undefined>;
}

/** From the connection to the end of one mail, in milliseconds. */
const longestWait = 10_000;

/** Tells people by mail what happened to their account. Who has no address is told nothing. */
export function createMailSender(options: MailSenderOptions): { send: Sender; close(): void } {
  const { settings, issuer, productName, findAccount } = options;
  if (!settings) return { send: () => Promise.resolve({ outcome: 'delivered' }), close() {} };

  const transport = createTransport({
    url: settings.smtpUrl,
    pool: true,
    connectionTimeout: longestWait,
    greetingTimeout: longestWait,
    socketTimeout: longestWait,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ payload }) {
      const notice = payload as unknown as MailNotice;
      const account = await findAccount(notice.accountId);
      if (!account?.email) return { outcome: 'delivered' };
      const { subject, text } = mailText(notice, { account, issuer, productName: productName() });
      try {
        await transport.sendMail({
          from: settings.from,
          to: account.email,
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

/** A server's 5xx is for ever (RFC 5321 §4.2.1); all else may be better next time. */
function readFailure(error: unknown): Delivery {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  const words = `the mail server answered ${responseCode ?? code ?? 'nothing'}`;
  return { outcome: responseCode !== undefined && responseCode >= 500 ? 'rejected' : 'failed', error: words };
}
