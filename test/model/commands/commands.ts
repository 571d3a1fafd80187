import fc from 'fast-check';
import { refreshAtBoundary, retryCommand } from './boundary_commands.ts';
import type { GateCommand } from './command.ts';
import { operationCommand, restartCommand, sweepCommand } from './operator_commands.ts';
import * as operations from './operations.ts';
import { raceCommand, raceExchangeCommand, stormCommand } from './race_commands.ts';
import { introspectCommand, refreshCommand } from './refresh_commands.ts';
import { exchangeCommand, revokeCommand, signInCommand, signOutCommand } from './sign_in_commands.ts';
import { waitCommand } from './wait_command.ts';

const weighted: [weight: number, arbitrary: fc.Arbitrary<GateCommand>][] = [
  [35, refreshCommand],
  [18, waitCommand],
  [8, refreshAtBoundary],
  [3, retryCommand],
  [8, signInCommand],
  [3, exchangeCommand],
  [2, signOutCommand],
  [2, revokeCommand],
  [2, stormCommand],
  [3, raceCommand],
  [2, raceExchangeCommand],
  [5, operations.applyOperation.map(operationCommand)],
  [3, operations.setRolesOperation.map(operationCommand)],
  [1, operations.disableOperation.map(operationCommand)],
  [3, operations.enableOperation.map(operationCommand)],
  [1, operations.disableClientOperation.map(operationCommand)],
  [4, operations.enableClientOperation.map(operationCommand)],
  [1, operations.changePasswordOperation.map(operationCommand)],
  [1, operations.signOutEverywhereOperation.map(operationCommand)],
  [1, operations.withdrawConsentOperation.map(operationCommand)],
  [3, introspectCommand],
  [3, sweepCommand],
  [1, restartCommand],
];

/** fast-check draws from a list of generators evenly: the frequent ones stand in it more often. */
export const generators = weighted.flatMap(([weight, arbitrary]) =>
  Array.from({ length: weight }, () => arbitrary),
);
