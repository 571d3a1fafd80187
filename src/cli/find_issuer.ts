import type { Environment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';

/** The address of the server that takes a link. Throws Problem `issuer_missing`. */
export function findIssuer({ issuer, databaseUrl, port }: Environment): string {
  if (issuer !== undefined) return issuer;
  if (databaseUrl === undefined) return `http://localhost:${port}`;
  throw new Problem('issuer_missing', 'CURFEW_ISSUER is missing: the link leads to the server.');
}
