import { createTransport } from 'nodemailer';
import { isLoopback } from '../domain/loopback.ts';

/** Where mail goes out, and from whom. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  smtpUrl: string;
  from: string;
}

/** For each step of the way, in milliseconds. */
const longestWait = 3000;

/** Connections to the mail server, kept open; close it. */
export function openMailTransport({ smtpUrl }: MailSettings) {
  return createTransport({
    url: smtpUrl,
    // A password never leaves this machine in the clear.
    requireTLS: hasPassword(smtpUrl),
    pool: true,
    connectionTimeout: longestWait,
    greetingTimeout: longestWait,
    socketTimeout: longestWait,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function hasPassword(smtpUrl: string): boolean {
  const url = new URL(smtpUrl);
  return url.username !== '' && !isLoopback(url);
}
