/** Commands that somebody may look for at a server, and which are of the machine alone: why, and what there is instead. */
export const machineCommands: ReadonlyMap<string, string> = new Map([
  [
    'user set-password',
    'no password goes to a server: its owner chooses one by the link of curfew user password-link',
  ],
  ['user recover-admin', 'it is the way in of those who have the shell of the machine, and of nobody else'],
  ['simulate', 'it reads the whole trail on the machine; curfew apply --dry-run says what would end now'],
  ['doctor', 'it looks at the machine and its database'],
]);
