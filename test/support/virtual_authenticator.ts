import type { Page } from 'playwright-core';

/** Chromium's own authenticator without hardware (CDP domain WebAuthn), in one tab. */
export interface VirtualAuthenticator {
  /** Whether its user's finger, face or PIN is right from now on. */
  setVerified(verified: boolean): Promise<void>;
  countCredentials(): Promise<number>;
}

/** Give the tab an authenticator that is built in, stores its keys and verifies its user; or one of other `options`. */
export async function addVirtualAuthenticator(
  page: Page,
  options: { transport?: 'internal' | 'usb'; hasUserVerification?: boolean; synced?: boolean } = {},
): Promise<VirtualAuthenticator> {
  const { transport = 'internal', hasUserVerification = true, synced = false } = options;
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport,
      hasResidentKey: true,
      hasUserVerification,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  return {
    async setVerified(isUserVerified) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    async countCredentials() {
      return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length;
    },
  };
}
