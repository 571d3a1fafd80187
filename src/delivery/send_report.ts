import { Problem } from '../domain/problems.ts';
import { openMailTransport } from './open_mail_transport.ts';
import type { MailSettings } from './open_mail_transport.ts';

export interface ReportMail {
  to: string;
  subject: string;
  text: string;
  file: { name: string; html: string };
}

/**
 * Send a report that somebody waits for, at once: no notice is queued, and nothing is tried again. Throws Problem
 * `mail_refused` where the mail server does not take it.
 */
export async function sendReport(
  settings: MailSettings,
  { to, subject, text, file }: ReportMail,
): Promise<void> {
  const transport = openMailTransport(settings);
  try {
    await transport.sendMail({
      from: settings.from,
      // As one address, whatever is in it.
      to: { name: '', address: to },
      subject,
      text,
      attachments: [{ filename: file.name, content: file.html, contentType: 'text/html; charset=utf-8' }],
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } catch (cause) {
    const { responseCode, code } = cause as { responseCode?: number; code?: string };
    const answer = `The mail server answered ${responseCode ?? code ?? 'nothing'}: nothing was sent.`;
    throw new Problem('mail_refused', answer, { cause });
  } finally {
    transport.close();
  }
}
