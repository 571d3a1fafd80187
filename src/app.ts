import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Context, Middleware } from 'koa';
import type { Provider } from './provider/library.ts';
import type { Logger } from 'pino';
import { adminApi } from './admin/api/serve.ts';
import type { AdminDependencies } from './admin/dependencies.ts';
import { consoleRoutes } from './admin/console/serve.ts';
import type { AccountDependencies } from './account/dependencies.ts';
import { accountRoutes } from './account/routes.ts';
import { csrfSubject, findVisit } from './account/visit.ts';
import { fixedFacts } from './cli/fixed_facts.ts';
import { measureControls } from './controls/read_controls.ts';
import { createJwtSigner } from './credentials/sign_jwt.ts';
import { relyingPartyOf } from './credentials/relying_party.ts';
import { publicPart } from './credentials/signing_keys.ts';
import { hashToken } from './credentials/token_hash.ts';
import { createSecretsAtRest } from './credentials/secrets_at_rest.ts';
import type { AddressRules } from './delivery/address_guard.ts';
import { buildSenders } from './delivery/build_senders.ts';
import { createDeliverer } from './delivery/deliver_notices.ts';
import type { MailSettings } from './delivery/open_mail_transport.ts';
import { createSealer } from './events/seal_events.ts';
import { createSecurityEventSigner } from './delivery/sign_security_event.ts';
import { defaultJwksMaxAge } from './domain/signing_keys.ts';
import { passwordLinkPath, passwordLinkUrl } from './domain/password_links.ts';
import { loadAssets } from './http/assets.ts';
import { canonicalPath } from './http/canonical_path.ts';
import { createCsrfTokens, rejectCrossSite } from './http/csrf.ts';
import { errorBoundary } from './http/error_boundary.ts';
import { fewAtOnce } from './http/few_at_once.ts';
import { health } from './http/health.ts';
import type { Metrics } from './http/metrics/create_metrics.ts';
import { hashesPassword, rateLimitedRoutes, refuse } from './http/rate_limited_routes.ts';
import { addressSubject, createRateLimiter } from './http/rate_limiter.ts';
import { postOnly } from './http/post_only.ts';
import { publishedKeys } from './http/published_keys.ts';
import { requestOrigin } from './http/request_origin.ts';
import type { TrustedProxies } from './http/request_origin.ts';
import { allowFormTargets, securityHeaders } from './http/security_headers.ts';
import type { InteractionDependencies } from './interactions/dependencies.ts';
import { createLibraryPages, renderFailure } from './interactions/library_pages.ts';
import { createPageContext } from './interactions/page_context.ts';
import { interactionRoutes } from './interactions/routes.ts';
import { startJobs } from './jobs/run_jobs.ts';
import { attemptSignIn, renewDevice } from './operations/attempt_sign_in.ts';
import { ensureSigningKeys } from './operations/ensure_signing_keys.ts';
import { keepSigningKeys } from './operations/keep_signing_keys.ts';
import { rotateSigningKeys } from './operations/rotate_signing_keys.ts';
import { issuePasswordLink } from './operations/issue_password_link.ts';
import { recordRefusedRate } from './operations/record_refused_rate.ts';
import { forgottenPasswordPath } from './passwords/forgotten_password_page.ts';
import { passwordRoutes } from './passwords/routes.ts';
import { accountSignInUrl } from './provider/account_client.ts';
import { findBrowserSession, forgetBrowserSession } from './provider/browser_session.ts';
import { findBegunRequest } from './provider/begun_request.ts';
import { browserToken } from './provider/browser_token.ts';
import { createBearerReader } from './provider/bearer_tokens.ts';
import { buildProvider } from './provider/build_provider.ts';
import { createConfigurationSource } from './provider/configuration_source.ts';
import { formTargets } from './provider/form_targets.ts';
import { inspectionEndpoint } from './provider/inspection_endpoints.ts';
import { followKeys } from './provider/follow_keys.ts';
import { createKeySource } from './provider/key_source.ts';
import { createVerifyAccessToken } from './provider/jwt_access_tokens.ts';
import { libraryRoutes, requestTransaction } from './provider/library_routes.ts';
import { tokenEndpoint } from './provider/token_endpoint.ts';
import { createWindowSecrets } from './provider/window_secrets.ts';
import type { SessionDependencies } from './session/dependencies.ts';
import { sessionRoutes } from './session/routes.ts';
import { paths as ssfPaths } from './ssf/paths.ts';
import { ssfRoutes } from './ssf/routes.ts';
import { countLiveSessions } from './reports/count_live_sessions.ts';
import { buildEventStreams } from './wiring/event_streams.ts';
import { buildTrail } from './wiring/trail.ts';
import { buildInteractionPasskeys, buildPasskeys } from './wiring/passkeys.ts';
import { buildPasswords } from './wiring/passwords.ts';
import { buildAuthenticators, buildSecondFactors } from './wiring/second_factors.ts';
import { findAccountById } from './store/accounts.ts';
import { readConfigurationVersion } from './store/configuration.ts';
import { isOutage, isUnstorable } from './store/database.ts';
import type { Database } from './store/database.ts';
import { measureOutbox } from './store/samples.ts';
import { countRate } from './store/rate_limits.ts';
import { listSigningKeyTimes } from './store/signing_keys.ts';
import { findMissingMigrations, measureClockSkew } from './store/schema_state.ts';

export interface AppOptions {
  issuer: string;
  database: Database;
  /** At least 32 bytes each, newest first. */
  secrets: readonly Buffer[];
  trustedProxies?: TrustedProxies;
  log: Logger;
  /** Without it, no mail is sent. */
  mail?: MailSettings | undefined;
  /** Development: notices may be sent to receivers on this machine. */
  allowsLoopbackReceivers?: boolean;
  /** Without them, nothing is measured. */
  metrics?: Metrics | undefined;
  /** How often the detective control looks at everything, in seconds; by default every five minutes. */
  controlPeriod?: number | undefined;
  /** In how many time steps after its own a code of an authenticator app is taken too; by default one. */
  totpPastSteps?: number | undefined;
}

export interface App {
  /** Answer on this address; resolves with the port that was taken. */
  listen(port: number, host: string): Promise<number>;
  /** Stop taking requests, let those under way finish for at most `graceMilliseconds`, stop the jobs. */
  close(graceMilliseconds?: number): Promise<void>;
}

/** An instance whose clock is further off than this answers 503. */
const largestSkewMilliseconds = 5000;

/** Passwords under way at once, hashed or in line; some half a second's work for one core. */
const mostHashes = 20;

/** Build the server: the one place that knows every part. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { issuer, database, secrets, trustedProxies, log, mail, metrics } = options;
  const { allowsLoopbackReceivers = false, totpPastSteps } = options;
  const atRest = createSecretsAtRest(secrets);
  const relyingParty = relyingPartyOf(issuer);
  const configurations = await createConfigurationSource(database);
  const windows = createWindowSecrets(database, atRest);
  const assets = loadAssets();
  const pageContext = () => createPageContext(configurations.current().branding, assets);
  const findAccount = (accountId: string) => findAccountById(database, accountId);
  await ensureSigningKeys(database, atRest, configurations.current().keys);
  const keys = await createKeySource(database, atRest);
  const signSecurityEvent = createSecurityEventSigner(
    issuer,
    createJwtSigner(() => keys.current().security_events),
  );
  const [csrfKey, ...olderCsrfKeys] = atRest.deriveKeys('csrf');
  const [nonceKey] = atRest.deriveKeys('dpop-nonce');
  if (!csrfKey || !nonceKey) throw new Error('No keys were derived.');
  const cookieKeys = atRest.deriveKeys('cookies').map((key) => key.toString('base64url'));
  const libraryPages = createLibraryPages({ findAccount, pageContext });
  const currentProvider = followKeys(
    keys,
    (set): Provider =>
      buildProvider({
        issuer,
        database,
        configurations,
        secrets: atRest,
        keys: set.tokens,
        cookieKeys,
        nonceKey,
        pages: libraryPages,
        allowsLoopback: allowsLoopbackReceivers,
      }),
  );
  const limiter = createRateLimiter({
    limits: () => configurations.current().rateLimits,
    count: (key, limit) => countRate(database, hashToken(key), limit),
    recordRefusal: (kind, subject, limit) => recordRefusedRate(database, { kind, subject, limit }),
    onError: (error) => log.warn({ err: error }, 'refusal not recorded'),
  });
  const countUnknownToken = async (ctx: Context, clientId: string | undefined) => {
    const waits = [await limiter.count('token_address', addressSubject(ctx))];
    if (clientId !== undefined) waits.push(await limiter.count('token_client', clientId));
    refuse(Math.max(...waits));
  };

  const csrf = createCsrfTokens([csrfKey, ...olderCsrfKeys]);
  const interactions: InteractionDependencies = {
    findAccount,
    signIn: (attempt, origin) =>
      attemptSignIn(database, configurations.current().rateLimits, attempt, origin),
    renewDevice: (owner) => renewDevice(database, configurations.current().rateLimits, owner),
    secondFactors: buildSecondFactors(database, atRest, () => configurations.current(), totpPastSteps),
    forgottenPasswordUrl: mail && forgottenPasswordPath,
    passkeys: buildInteractionPasskeys(database, relyingParty),
    currentProvider,
    findBegunRequest: (uid) => findBegunRequest(database, atRest, uid),
    csrf,
    pageContext,
  };
  const sessions: SessionDependencies = {
    issuer,
    database,
    configurations,
    readCookieHash(ctx) {
      const cookie = ctx.cookies.get(currentProvider().cookieName('session'), { signed: true });
      return cookie ? hashToken(cookie) : undefined;
    },
    csrf,
    pageContext,
    findUsername: async (accountId) => (await findAccount(accountId))?.username,
  };

  const stopping = new AbortController();
  const state = { draining: false, skew: await measureClockSkew(database) };
  const app = new Koa();
  app.keys = cookieKeys;
  app.proxy = true;
  app.silent = true;
  if (metrics) app.use(metrics.middleware);
  app.use(requestOrigin({ issuer, trustedProxies, log }));
  app.use(securityHeaders(issuer));
  app.use(
    errorBoundary({
      log,
      isOutage,
      isUnstorable,
      renderPage: (ctx, failure) => renderFailure(ctx, pageContext(), failure),
    }),
  );
  app.use(canonicalPath);
  app.use(postOnly);
  app.use(health({ findObstacles, isClockOff }));
  app.use(assets.serve);
  app.use(
    publishedKeys({
      paths: ['/jwks', ssfPaths.keys],
      refresh: () => keys.refresh(),
      maxAge: () => configurations.current().keys.jwksMaxAge ?? defaultJwksMaxAge,
      onError: (error) => log.warn({ err: error }, 'signing keys not read'),
    }),
  );
  app.use(fewAtOnce(hashesPassword, mostHashes));
  app.use(rateLimitedRoutes(limiter));
  app.use(
    onPath(
      'POST',
      '/token',
      tokenEndpoint({ database, configurations, windows, currentProvider, countUnknownToken }),
    ),
  );
  const verifyAccessToken = createVerifyAccessToken(issuer, keys);
  const inspection = inspectionEndpoint({ database, configurations, verifyAccessToken, currentProvider });
  app.use(onPath('POST', '/token/introspection', inspection));
  app.use(onPath('POST', '/token/revocation', inspection));
  app.use(onPaths('/session/view', rejectCrossSite(issuer)));
  for (const page of [forgottenPasswordPath, passwordLinkPath])
    app.use(onPaths(page, rejectCrossSite(issuer)));
  app.use(
    passwordRoutes(
      buildPasswords(database, () => configurations.current(), {
        sendsMail: mail !== undefined,
        limiter,
        csrf,
        pageContext,
      }),
    ),
  );
  app.use(sessionRoutes(sessions));
  const readBearerFor = (resource: string) =>
    createBearerReader({ database, configurations, verifyAccessToken, resource });
  app.use(
    ssfRoutes(
      buildEventStreams(atRest, {
        issuer,
        database,
        readBearer: readBearerFor(`${issuer}/ssf`),
        keys: () => keys.current().security_events.map(publicPart),
        signSecurityEvent,
        addressRules,
        stopping: stopping.signal,
      }),
    ),
  );
  const operating: Pick<AdminDependencies, 'fixedFacts' | 'rotateSigningKeys'> = {
    fixedFacts: fixedFacts({ issuer, totpPastSteps }),
    rotateSigningKeys: (tx, how, origin) => rotateSigningKeys(tx, atRest, how, origin),
  };
  app.use(
    adminApi({
      issuer,
      database,
      readBearer: readBearerFor(`${issuer}/admin`),
      configuration: readConfiguration,
      loadConfiguration: configurations.within,
      ...operating,
      sendsMail: mail !== undefined,
      ...buildTrail(database, atRest),
    }),
  );
  app.use(requestTransaction(database, configurations));
  app.use(browserToken(issuer));
  for (const area of ['/interaction/', '/account/', '/console'])
    app.use(onPaths(area, rejectCrossSite(issuer)));
  app.use(interactionRoutes(interactions));
  const accountPages: AccountDependencies = {
    database,
    authenticators: buildAuthenticators(database, atRest, totpPastSteps),
    passkeys: buildPasskeys(database, relyingParty),
    csrf,
    pageContext,
    findBrowserSession: (ctx) => findBrowserSession(currentProvider(), ctx),
    forgetBrowserSession: (ctx) => forgetBrowserSession(currentProvider(), ctx),
    signInUrl: (page) => accountSignInUrl(issuer, page),
  };
  app.use(accountRoutes(accountPages));
  app.use(
    consoleRoutes({
      issuer,
      database,
      configuration: readConfiguration,
      loadConfiguration: configurations.within,
      ...operating,
      pageContext,
      findVisitor: (ctx) => findVisit(ctx, accountPages),
      isCsrfToken: ({ session }, token) => csrf.check(csrfSubject(session), token),
      signInUrl: (wish) => accountSignInUrl(issuer, '/console', wish),
    }),
  );
  app.use(async (ctx, next) => {
    await libraryRoutes(currentProvider)(ctx, next);
    if (ctx.response.is('html')) allowFormTargets(ctx, formTargets(ctx));
  });

  const handle = app.callback();
  const server = http.createServer({ requestTimeout: 30_000, headersTimeout: 20_000 }, (req, res) => {
    void handle(req, res);
  });
  const stopPolling = configurations.poll(1000, (error) =>
    log.warn({ err: error }, 'configuration not read'),
  );
  const stopFollowing = keys.poll(1000, (error) => log.warn({ err: error }, 'signing keys not read'));
  const stopSkew = every(10_000, async () => {
    state.skew = await measureClockSkew(database);
  });
  const { senders, close: closeSenders } = buildSenders({
    issuer,
    database,
    keys: () => keys.current().tokens,
    secrets: atRest,
    signSecurityEvent,
    configuration: () => configurations.current(),
    mail,
    async issuePasswordLink(account, origin) {
      const link = await database.transaction((tx) =>
        issuePasswordLink(tx, { ...account, byOperator: account.purpose === 'invitation' }, origin),
      );
      return link && { url: passwordLinkUrl(issuer, link), seconds: link.seconds };
    },
    addressRules,
  });
  const deliverer = createDeliverer({ database, senders, log, onTried: metrics?.noteDelivery });
  if (metrics) {
    database.listen(metrics.noteNews);
    metrics.observe({ pool: () => database.pool(), sample });
  }
  const jobs = startJobs({
    database,
    log,
    configuration: readConfiguration,
    sealEvents: createSealer(database, atRest),
    longestOverlap,
    keepKeys: async () => keepSigningKeys(database, atRest, await readConfiguration()),
    deliverer,
    controlPeriod: options.controlPeriod ?? 300,
    onRun: metrics?.noteRun,
  });

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
      }),
    async close(graceMilliseconds = 10_000) {
      state.draining = true;
      stopping.abort();
      stopPolling();
      stopFollowing();
      stopSkew();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
      await closed;
      clearTimeout(cut);
      await jobs.stop();
      closeSenders();
    },
  };

  function addressRules(): AddressRules {
    return {
      allowedNetworks: configurations.current().delivery.allowedNetworks ?? [],
      allowsLoopback: allowsLoopbackReceivers,
    };
  }

  function isClockOff(): boolean {
    return Math.abs(state.skew) > largestSkewMilliseconds;
  }

  async function findObstacles(): Promise<string[]> {
    if (state.draining) return ['draining'];
    if (isClockOff()) return ['clock'];
    try {
      const missing = await findMissingMigrations(database);
      if (missing.length > 0) return ['migrations'];
      return keys.isBehind() ? ['keys'] : [];
    } catch {
      return ['database'];
    }
  }

  async function readConfiguration() {
    return await configurations.atLeast(await readConfigurationVersion(database));
  }

  async function sample() {
    const liveSessions = await countLiveSessions(database, configurations.current());
    const signingKeys = await listSigningKeyTimes(database);
    const controls = await measureControls(database);
    return { liveSessions, outbox: await measureOutbox(database), signingKeys, controls };
  }

  function longestOverlap(): number {
    const overlaps = [...configurations.current().policies.values()].map(
      ({ limits }) => limits.refresh_overlap ?? 0,
    );
    return Math.max(60, ...overlaps);
  }

  function every(milliseconds: number, work: () => Promise<void>): () => void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => log.warn({ err: error }, 'check failed'));
    }, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  }
}

function onPath(method: string, path: string, middleware: Middleware): Middleware {
  return (ctx, next) => (ctx.method === method && ctx.path === path ? middleware(ctx, next) : next());
}

function onPaths(prefix: string, middleware: Middleware): Middleware {
  return (ctx, next) => (ctx.path.startsWith(prefix) ? middleware(ctx, next) : next());
}
