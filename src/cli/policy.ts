import type { Command } from 'commander';
import { addPolicyExplainCommand } from './policy_explain.ts';
import { addPolicyHistoryCommands } from './policy_history.ts';
import { addPolicyListCommand } from './policy_list.ts';

export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('limits: what they are, and how they came to be');
  addPolicyListCommand(policy);
  addPolicyExplainCommand(policy);
  addPolicyHistoryCommands(policy);
}
