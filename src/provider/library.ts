/** The protocol library's types and errors, for the rooms that draw its pages; only `provider/` names the library. */
export { errors } from 'oidc-provider';
export type { default as Provider, Client, InteractionResults, KoaContextWithOIDC } from 'oidc-provider';
