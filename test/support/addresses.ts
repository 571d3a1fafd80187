import { randomUUID } from 'node:crypto';
import { accountAddresses } from '../../src/account/routes.ts';
import { routes as adminRoutes } from '../../src/admin/api/routes.ts';
import { routes as consoleRoutes } from '../../src/admin/console/routes.ts';
import { interactionForms } from '../../src/interactions/routes.ts';
import { passwordAddresses } from '../../src/passwords/routes.ts';
import { sessionAddresses } from '../../src/session/routes.ts';
import { routes as ssfRoutes } from '../../src/ssf/routes.ts';

export interface Address {
  method: string;
  path: string;
}

/** Forms that the protocol library answers; the tests compare them with the pages. */
export const libraryForms = ['/device', '/session/end/confirm'] as const;

const listConsole = (method: string): string[] =>
  consoleRoutes.flatMap((route) =>
    route.method === method ? [`/console${route.path}`.replaceAll(/\{\w+\}/g, randomUUID())] : [],
  );

/** The forms of operators; who is signed in in these tests is one. */
export const listConsoleForms = (): string[] => listConsole('POST');

/** Every page that has an address of its own, from the tables of routes; the library's by name. */
export function listPages(): string[] {
  const ofSession = sessionAddresses.flatMap((address) => /^GET (.*)$/.exec(address)?.[1] ?? []);
  const ofLibrary = ['/device', '/session/end', '/session/end/success'];
  const named = [...accountAddresses.pages, ...passwordAddresses.pages, ...ofSession, ...ofLibrary];
  return ['/', ...listConsole('GET'), ...named.map((path) => path.replace(':id', randomUUID()))];
}

/** Every form, of people who are signed in, of those who come by a cookie alone, and of nobody; `:uid` is an interaction's. */
export function listForms(): string[] {
  const ofInteractions = interactionForms.map((action) => `/interaction/:uid/${action}`);
  const ofSession = sessionAddresses.flatMap((address) => /^POST (.*)$/.exec(address)?.[1] ?? []);
  return [
    ...accountAddresses.forms,
    ...listConsoleForms(),
    ...ofInteractions,
    ...passwordAddresses.forms,
    ...ofSession,
    ...libraryForms,
  ];
}

/** Every route of programs, which takes a token and no cookie. */
export function listTokenRoutes(): Address[] {
  const ofAdmin = adminRoutes.map(({ method, path }) => ({
    method,
    path: `/admin/v1${path.replaceAll(/\{\w+\}/g, randomUUID())}`,
  }));
  const ofSsf = ssfRoutes.map(({ method, path }) => ({ method, path: path.replace(/\/$/, '/a-stream') }));
  return [...ofAdmin, ...ofSsf, { method: 'GET', path: '/me' }, { method: 'POST', path: '/me' }];
}
