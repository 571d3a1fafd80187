import type { JWK } from 'jose';
import { createJwtSigner } from '../credentials/sign_jwt.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { NoticeKind } from '../domain/notices.ts';
import { findAccountById } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { createPost } from './post.ts';
import { createLogoutSender } from './send_logout_token.ts';
import type { Sender } from './send_batch.ts';
import { createMailSender } from './send_mail.ts';
import type { MailSettings } from './send_mail.ts';

export interface SendersOptions {
  issuer: string;
  database: Database;
  keys: readonly JWK[];
  configuration(): Configuration;
  mail: MailSettings | undefined;
  /** Development: notices may be sent to receivers on this machine. */
  allowsLoopback: boolean;
}

/** A sender for each kind of notice, and how to close their connections. */
export function buildSenders(options: SendersOptions): {
  senders: Record<NoticeKind, Sender>;
  close(): void;
} {
  const { issuer, database, keys, configuration, mail: settings, allowsLoopback } = options;
  const { post, close } = createPost();
  const mail = createMailSender({
    settings,
    issuer,
    productName: () => configuration().branding?.name ?? 'Curfew',
    findAccount: (accountId) => findAccountById(database, accountId),
  });
  return {
    senders: {
      backchannel_logout: createLogoutSender({
        issuer,
        sign: createJwtSigner(keys),
        post,
        addressRules: () => ({
          allowedNetworks: configuration().delivery?.allowedNetworks ?? [],
          allowsLoopback,
        }),
        findClient: (clientId) => configuration().clients.get(clientId)?.metadata,
      }),
      mail: mail.send,
    },
    close() {
      close();
      mail.close();
    },
  };
}
