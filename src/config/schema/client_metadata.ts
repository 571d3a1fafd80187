import { z } from 'zod';
import { endpointSchema, httpsSchema, pageSchema, redirectSchema } from './addresses.ts';
import { jwksSchema } from './jwks.ts';
import { isScopeToken, lineSchema, listSchema, splitScopes } from './names.ts';
import { emailSchema } from './users.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const flag = (description: string, stricter?: string) =>
  z
    .boolean()
    .meta({ description, ...(stricter ? { 'x-stricter': stricter } : {}), 'x-default': '`false`' })
    .exactOptional();
const page = (description: string) => pageSchema.meta({ description }).exactOptional();

const scopeListSchema = z
  .string()
  .max(4000)
  .refine((text) => splitScopes(text).every(isScopeToken), { error: 'must be scopes separated by spaces' })
  .transform((text) => splitScopes(text).join(' '));

/** Client metadata under its registered names (RFC 7591, RFC 9126, RFC 9449, OpenID Connect). */
export const metadataSchemas = {
  client_name: lineSchema(100).meta({ description: 'The name on the consent page.' }).exactOptional(),
  client_uri: page('A page about the app.'),
  logo_uri: page('A picture on the consent page.'),
  policy_uri: page('The privacy policy of the app.'),
  tos_uri: page('The terms of service of the app.'),
  contacts: listSchema(emailSchema)
    .meta({ description: 'E-mail addresses of those responsible.' })
    .exactOptional(),
  application_type: z
    .enum(['web', 'native'])
    .meta({
      description: '`native` for apps on a device; they may redirect to a private-use scheme.',
      'x-default': '`web`',
    })
    .exactOptional(),
  redirect_uris: listSchema(redirectSchema)
    .meta({
      description: 'Where codes may be sent, compared character by character.',
      'x-default': 'none; needed for `authorization_code`',
    })
    .exactOptional(),
  post_logout_redirect_uris: listSchema(redirectSchema)
    .meta({ description: 'Where people may be sent after they signed out.', 'x-default': 'none' })
    .exactOptional(),
  initiate_login_uri: httpsSchema
    .meta({ description: 'Where a sign-in that begins here is started.' })
    .exactOptional(),
  grant_types: listSchema(z.enum(['authorization_code', 'refresh_token', 'client_credentials', deviceGrant]))
    .min(1)
    .default(['authorization_code', 'refresh_token'])
    .meta({ description: 'The grants that the client may use.', 'x-stricter': 'fewer' }),
  response_types: listSchema(z.enum(['code']))
    .meta({
      description: 'Goes with `authorization_code`.',
      'x-default': '`code` with `authorization_code`, else none',
    })
    .exactOptional(),
  scope: scopeListSchema
    .meta({
      description:
        'The scopes that the client may ask for, separated by spaces; those of resources only if named.',
      'x-type': 'scopes',
      'x-stricter': 'fewer',
      'x-default': 'any of OpenID Connect',
    })
    .exactOptional(),
  token_endpoint_auth_method: z
    .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
    .meta({
      description: 'How the client proves who it is; no other way is accepted.',
      'x-stricter': '`private_key_jwt`',
      'x-default': '`client_secret_basic` with a secret, `private_key_jwt` with keys alone, else `none`',
    })
    .exactOptional(),
  jwks: jwksSchema.meta({ description: "The client's public keys.", 'x-type': 'JWK Set' }).exactOptional(),
  jwks_uri: endpointSchema.meta({ description: "Where the client's public keys are." }).exactOptional(),
  id_token_signed_response_alg: z
    .enum(['ES256', 'RS256'])
    .default('ES256')
    .meta({ description: 'The signature of ID tokens.' }),
  subject_type: z
    .enum(['public'])
    .meta({ description: 'Every client learns the same `sub`.', 'x-default': '`public`' })
    .exactOptional(),
  backchannel_logout_uri: endpointSchema
    .meta({ description: 'Is told when a session ends that the client took part in.' })
    .exactOptional(),
  backchannel_logout_session_required: flag('The client needs `sid` in logout tokens; they always carry it.'),
  dpop_bound_access_tokens: flag('Every token is bound to a key of the client (RFC 9449).', '`true`'),
  require_pushed_authorization_requests: flag('Authorization requests must be pushed (RFC 9126).', '`true`'),
  default_max_age: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .meta({
      description: 'Seconds since the sign-in after which the client wants another one.',
      'x-type': 'seconds',
      'x-stricter': 'shorter',
      'x-default': 'no wish',
    })
    .exactOptional(),
  require_auth_time: flag('ID tokens carry `auth_time`.'),
};
