import type { JWK } from 'jose';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { createJwtSigner } from '../credentials/sign_jwt.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { NoticeKind } from '../domain/notices.ts';
import { findAccountById } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { findStreamToSend } from '../store/ssf_streams.ts';
import type { AddressRules } from './address_guard.ts';
import { createPost } from './post.ts';
import { createLogoutSender } from './send_logout_token.ts';
import type { Sender } from './send_batch.ts';
import { createMailSender } from './send_mail.ts';
import type { MailSettings } from './open_mail_transport.ts';
import type { MailSenderOptions } from './send_mail.ts';
import { createSecurityEventSender } from './send_security_event.ts';
import type { SignSecurityEvent } from './sign_security_event.ts';

export interface SendersOptions {
  issuer: string;
  database: Database;
  /** Those that tokens are signed with at the moment. */
  keys(): readonly JWK[];
  secrets: SecretsAtRest;
  signSecurityEvent: SignSecurityEvent;
  configuration(): Configuration;
  mail: MailSettings | undefined;
  issuePasswordLink: MailSenderOptions['issuePasswordLink'];
  addressRules(): AddressRules;
}

/** A sender for each kind of notice, and how to close their connections. */
export function buildSenders(options: SendersOptions): {
  senders: Record<NoticeKind, Sender>;
  close(): void;
} {
  const { issuer, database, keys, secrets, signSecurityEvent, configuration, addressRules } = options;
  const { post, close } = createPost();
  const mail = createMailSender({
    settings: options.mail,
    issuer,
    productName: () => configuration().branding?.name ?? 'Curfew',
    findAccount: (accountId) => findAccountById(database, accountId),
    issuePasswordLink: options.issuePasswordLink,
  });
  return {
    senders: {
      backchannel_logout: createLogoutSender({
        issuer,
        sign: createJwtSigner(keys),
        post,
        addressRules,
        findClient: (clientId) => configuration().clients.get(clientId)?.metadata,
      }),
      mail: mail.send,
      security_event: createSecurityEventSender({
        sign: signSecurityEvent,
        secrets,
        post,
        addressRules,
        findStream: (streamId) => findStreamToSend(database, streamId),
      }),
    },
    close() {
      close();
      mail.close();
    },
  };
}
