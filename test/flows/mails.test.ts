import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { useRecoveryCode } from '../../src/operations/use_recovery_code.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { startMailServer } from '../support/mail_server.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';

const mfa = 'urn:curfew:acr:mfa';

describe('a mail', () => {
  it('tells its owner that an account got a second factor, and that a recovery code was used', async () => {
    const mails = await startMailServer();
    const server = await startTestServer(exampleConfiguration(), {
      mail: { smtpUrl: mails.url, from: 'login@example.com' },
    });
    try {
      const party = await createRelyingParty(server.issuer, shop);
      const authenticator = { secret: '', recoveryCodes: [] as string[] };
      const tokens = await party.signIn({ ...ada, authenticator }, { acr_values: mfa });
      await mails.waitFor(1);
      assert.deepEqual(mails.received[0]?.to, ['ada@example.com']);
      assert.match(mails.received[0].text, /An authenticator app was set up/);

      const attempt = {
        accountId: decodeJwt(tokens.id_token ?? '').sub ?? '',
        code: authenticator.recoveryCodes[0] ?? '',
      };
      assert.deepEqual(await useRecoveryCode(server.database, attempt, {}), { accepted: true });
      await mails.waitFor(2);
      assert.match(mails.received[1]?.text ?? '', /A recovery code was used/);
    } finally {
      await server.stop();
      await mails.close();
    }
  });
});
