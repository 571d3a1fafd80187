import { Argument } from 'commander';
import type { Command } from 'commander';
import { listCompletions } from './completion/list_completions.ts';
import { renderBash } from './completion/render_bash.ts';
import { renderFish } from './completion/render_fish.ts';
import { renderZsh } from './completion/render_zsh.ts';
import { buildProgram } from './program.ts';

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish };
type Shell = keyof typeof renderers;

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description(
      'write a script that lets a shell complete commands and options: source <(curfew completion bash)',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(renderers)))
    .action(async (shell: Shell) => {
      process.stdout.write(renderers[shell](listCompletions(await buildProgram())));
    });
}
