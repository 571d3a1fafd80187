import assert from 'node:assert/strict';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { MailSettings } from '../../src/delivery/open_mail_transport.ts';
import type { Person } from './browser.ts';
import { launchChromium } from './chromium.ts';
import { createBrowserClient, startClientSite } from './chromium_client.ts';
import type { BrowserClient, ClientSite } from './chromium_client.ts';
import { api, client, exampleConfiguration, shop } from './example_configuration.ts';
import type { ExampleConfiguration } from './example_configuration.ts';
import { startTestServer } from './server.ts';
import type { TestServer } from './server.ts';

/** A server, a client of it at an address of its own, and browsers. */
export interface Scene {
  server: TestServer;
  site: ClientSite;
  client: BrowserClient;
  /** A new account, so that tests can share a server. */
  addPerson(...roles: ('member' | 'admin')[]): Promise<Person>;
  /** A tab of a browser that has no cookies yet. */
  openPage(options?: BrowserContextOptions): Promise<Page>;
  /** Throws when one of them broke its content security policy, or a script failed. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** Scopes that need a second factor of at most five minutes, and the resource they are for. */
export const sensitive = { resource: api, scope: 'openid profile payments.write' };

const scope = 'openid profile email offline_access reports.read payments.write';
/** Longer than any answer takes, however slow the machine; shorter than a test may. */
const patience = 60_000;

export interface SceneOptions {
  change?: (configuration: ExampleConfiguration) => ExampleConfiguration;
  /** What usernames begin with. */
  nameBegins?: string;
  /** Without it, no mail is sent. */
  mail?: MailSettings;
}

export async function openScene({
  change = (same) => same,
  nameBegins = 'person',
  mail,
}: SceneOptions = {}): Promise<Scene> {
  const site = await startClientSite();
  const server = await startTestServer(change(sceneConfiguration(site)), mail ? { mail } : {});
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];
  let people = 0;
  return {
    server,
    site,
    client: await createBrowserClient(server.issuer, shop, site),
    async addPerson(...roles) {
      people += 1;
      const person = { username: `${nameBegins}-${people}`, password: 'correct horse battery' };
      await server.apply({ users: [{ ...person, email: `${person.username}@example.com`, roles }] });
      return person;
    },
    async openPage(options) {
      const page = await openPage(options);
      contexts.push(page.context());
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) complaints.push(message.text());
      });
      return page;
    },
    async closePages() {
      await Promise.all(contexts.map((context) => context.close()));
      const heard = complaints;
      [contexts, complaints] = [[], []];
      assert.deepEqual(heard, []);
    },
    async close() {
      await server.stop();
      await site.stop();
    },
  };
}

/** A tab of a browser that has no cookies yet; close its context. */
export async function openPage(options?: BrowserContextOptions): Promise<Page> {
  const browser = await launchChromium();
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience);
  return await context.newPage();
}

/** The example configuration with the client at its site, and `payments.write` behind a second factor. */
function sceneConfiguration({ redirectUri, origin }: ClientSite): ExampleConfiguration {
  const configuration = exampleConfiguration();
  const limits = {
    ...configuration.policies.get('admin')?.limits,
    mfa: 'step_up' as const,
    mfa_max_age: 900,
  };
  const payments = {
    name: 'payments.write',
    description: 'Move money',
    roles: ['admin'],
    stepUp: { mfaMaxAge: 300 },
  };
  const metadata = {
    client_name: 'Corner Shop',
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [`${origin}/`],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  };
  return {
    ...configuration,
    users: [],
    rate_limits: { sign_in_account: { most: 3, seconds: 900 } },
    policies: new Map([...configuration.policies, ['admin', { limits, baselines: [] }]]),
    scopes: new Map([...(configuration.scopes ?? []), ['payments.write', payments]]),
    clients: new Map([
      ...configuration.clients,
      ['shop', client('shop', { secret: shop.secret, scope, trusted: true, metadata })],
    ]),
  };
}
