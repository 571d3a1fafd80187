import type { ClientDefinition } from '../../domain/configuration.ts';
import { consoleRoot } from './visit.ts';

export const clientPath = (clientId: string): string =>
  `${consoleRoot}/clients/${encodeURIComponent(clientId)}`;

/** What is asked before an app is changed, by the last part of the page's address. */
export const clientChanges = {
  'rotate-secret': {
    heading: 'Give the app a new secret',
    lead: 'The next page shows it, once. Nobody is signed out, and no access ends.',
    button: 'Make the secret',
  },
  disable: {
    heading: 'Disable the app',
    lead: 'Nobody gets to it any more, and whatever it asks for is refused. People stay signed in.',
    button: 'Disable it',
  },
  enable: {
    heading: 'Enable the app',
    lead: 'It may sign people in and get tokens again. Nothing that ended is revived.',
    button: 'Enable it',
  },
  remove: {
    heading: 'Remove the app',
    lead: 'It is no longer known here: what is configured of it, its secret and its event streams are gone. People stay signed in, and the trail keeps what it did. To stop it for a while, disable it.',
    button: 'Remove it',
  },
} as const;
export type ClientChange = keyof typeof clientChanges;

/** What can be done to an app as it is. */
export function listClientChanges({
  clientId,
  disabled,
  secretHash,
}: ClientDefinition): { url: string; label: string }[] {
  const parts: ClientChange[] = [
    ...(secretHash ? (['rotate-secret'] as const) : []),
    disabled ? 'enable' : 'disable',
    'remove',
  ];
  return parts.map((part) => ({
    url: `${clientPath(clientId)}/${part}`,
    label: clientChanges[part].heading,
  }));
}
