import type { Argument, Command, Option } from 'commander';

/** What may stand for a value: a file, one of these words, or something that nobody can guess. */
export type CompletedValue = 'file' | readonly string[] | 'other';

export interface CompletedWord {
  /** As it is typed: `user`, `--json`. */
  word: string;
  description: string;
}

export interface CompletedOption extends CompletedWord {
  /** undefined: it takes none. */
  value: CompletedValue | undefined;
}

/** One command, or group of commands, and what may follow it. */
export interface CompletedCommand {
  /** Its words after `curfew`, `user add`; '' is `curfew` itself. */
  path: string;
  commands: CompletedWord[];
  options: CompletedOption[];
  /** What its arguments are; undefined: it has none. */
  argument: CompletedValue | undefined;
}

/** Every command of the tree, each before those below it, as its own help shows them. */
export function listCompletions(command: Command, path = ''): CompletedCommand[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  const own: CompletedCommand = {
    path,
    commands: below.map((child) => ({ word: child.name(), description: child.description() })),
    options: help.visibleOptions(command).flatMap(listOption),
    argument: argument && valueOfArgument(argument),
  };
  const children = below
    .filter((child) => command.commands.includes(child))
    .flatMap((child) => listCompletions(child, path ? `${path} ${child.name()}` : child.name()));
  return [own, ...children];
}

function listOption(option: Option): CompletedOption[] {
  const value = option.required || option.optional ? valueOf(option.flags, option.argChoices) : undefined;
  return [option.short, option.long].flatMap((word) =>
    word ? [{ word, description: option.description, value }] : [],
  );
}

function valueOfArgument(argument: Argument): CompletedValue {
  return valueOf(`<${argument.name()}>`, argument.argChoices);
}

function valueOf(flags: string, choices: readonly string[] | undefined): CompletedValue {
  return choices ?? (/[<[]file[\].>]/i.test(flags) ? 'file' : 'other');
}
