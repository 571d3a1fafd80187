import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DesiredClient } from '../../domain/configuration.ts';
import { listSection } from '../section.ts';
import type { Section, WriteOptions } from '../section.ts';
import { originSchema } from './addresses.ts';
import { checkClient } from './client_checks.ts';
import type { ClientTraits } from './client_checks.ts';
import { metadataSchemas } from './client_metadata.ts';
import { listSchema, nameSchema, splitScopes, variableSchema } from './names.ts';

/** Characters that a client's secret must have at least. */
export const leastSecretLength = 16;

/** An entry of the file. */
export const clientSchema = z.strictObject({
  client_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, { error: 'must be at most 200 visible ASCII characters' })
    .meta({ description: 'The identifier of the client.' }),
  ...metadataSchemas,
  client_secret_env: variableSchema
    .meta({
      description: `The environment variable that holds the secret, at least ${leastSecretLength} characters.`,
      'x-default': 'no secret',
    })
    .exactOptional(),
  client_secret_sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, { error: 'must be 64 hexadecimal digits' })
    .meta({ description: 'The SHA-256 of the secret instead, in hexadecimal.', 'x-default': 'no secret' })
    .exactOptional(),
  client_secret_stored: z
    .literal(true)
    .meta({
      description: 'The secret is the one that is stored already; what `curfew export` writes.',
      'x-default': 'no secret',
    })
    .exactOptional(),
  policy: nameSchema.meta({ description: 'A policy for whatever goes to the client.' }).exactOptional(),
  web_origins: listSchema(originSchema).default([]).meta({
    description: 'Origins that may call from a browser: CORS, and `/session`.',
    'x-stricter': 'fewer',
  }),
  trusted: z
    .boolean()
    .default(false)
    .meta({ description: 'Learns limit, policy and version from refusals.', 'x-stricter': '`false`' }),
  refresh_rotation: z.boolean().default(true).meta({
    description: '`false` returns the same refresh token: only with a secret or keys, and DPoP.',
    'x-stricter': '`true`',
  }),
  lease: z.boolean().default(false).meta({
    description: 'May ask its users for leases (`curfew_lease`), each at most `lease_max` long.',
    'x-stricter': '`false`',
  }),
});
export type ClientEntry = z.output<typeof clientSchema>;

const list = listSection({
  description: 'Apps, with their metadata under its registered names.',
  identity: 'client_id',
  entry: clientSchema,
  references: [
    { key: 'policy', kind: 'policy' },
    { key: 'scope', kind: 'scope', split: splitScopes },
  ],
  secrets: { client_secret_env: checkSecret },
  build(client, _, context): DesiredClient {
    const traits = describeClient(client);
    checkClient(client, traits, context);
    return defineClient(client, traits, readSecretHash(client, context.secrets.get('client_secret_env')));
  },
  write: writeClient,
});

export const clients: Section<Map<string, DesiredClient>> = {
  ...list,
  read(raw, path, context) {
    return new Map(list.read(raw, path, context).map((client) => [client.clientId, client]));
  },
  write: (values, options) => list.write?.([...values.values()], options),
};

/** Where a secret may come from: one of these. */
const secretKeys = ['client_secret_env', 'client_secret_sha256', 'client_secret_stored'] as const;

/** A secret counts as there once it is named: a variable that is not set is one fault, not several. */
function describeClient(client: ClientEntry): ClientTraits {
  const hasSecret = secretKeys.some((key) => client[key] !== undefined);
  const hasKeys = client.jwks !== undefined || client.jwks_uri !== undefined;
  const usual = hasSecret ? 'client_secret_basic' : hasKeys ? 'private_key_jwt' : 'none';
  return { method: client.token_endpoint_auth_method ?? usual, hasSecret, hasKeys };
}

function checkSecret(secret: string): string | undefined {
  if (secret.length < leastSecretLength) return `has fewer than ${leastSecretLength} characters`;
  // RFC 6749 appendix A.2.
  return /^[\x20-\x7e]+$/.test(secret) ? undefined : 'has characters other than printable ASCII';
}

function readSecretHash(client: ClientEntry, secret: string | undefined): Buffer | undefined {
  if (secret !== undefined) return createHash('sha256').update(secret).digest();
  return client.client_secret_sha256 === undefined
    ? undefined
    : Buffer.from(client.client_secret_sha256, 'hex');
}

/** Metadata that has a default is written out, so that the stored client does not change with Curfew. */
function defineClient(
  client: ClientEntry,
  { method }: ClientTraits,
  secretHash: Buffer | undefined,
): DesiredClient {
  const {
    client_id: clientId,
    client_secret_env: _env,
    client_secret_sha256: _sha256,
    client_secret_stored: keepsSecret,
    policy,
    web_origins: webOrigins,
    trusted,
    refresh_rotation: refreshRotation,
    lease,
    ...metadata
  } = client;
  return {
    clientId,
    metadata: {
      ...metadata,
      response_types: client.grant_types.includes('authorization_code') ? ['code'] : [],
      token_endpoint_auth_method: method,
      // RFC 9396 §10.
      ...(lease ? { authorization_details_types: ['curfew_lease'] } : {}),
    },
    ...(secretHash ? { secretHash } : {}),
    ...(keepsSecret ? { keepsSecret } : {}),
    ...(policy === undefined ? {} : { policy }),
    trusted,
    refreshRotation,
    webOrigins,
  };
}

/** In the order of the schema, so that the same client is always written alike. */
function writeClient(client: DesiredClient, { secretHashes }: WriteOptions): z.input<typeof clientSchema> {
  const { clientId, metadata, secretHash, keepsSecret, policy, webOrigins, trusted, refreshRotation } =
    client;
  const { authorization_details_types: detailTypes, response_types: _derived, ...registered } = metadata;
  const hasLease = Array.isArray(detailTypes) && detailTypes.includes('curfew_lease');
  const isKept = keepsSecret === true || (secretHash !== undefined && !secretHashes);
  const entry: Record<string, unknown> = {
    ...registered,
    client_id: clientId,
    client_secret_sha256: isKept ? undefined : secretHash?.toString('hex'),
    client_secret_stored: isKept || undefined,
    policy,
    web_origins: webOrigins.length > 0 ? webOrigins : undefined,
    trusted: trusted || undefined,
    refresh_rotation: refreshRotation ? undefined : false,
    lease: hasLease || undefined,
  };
  return Object.fromEntries(
    Object.keys(clientSchema.shape).flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])),
  ) as z.input<typeof clientSchema>;
}
