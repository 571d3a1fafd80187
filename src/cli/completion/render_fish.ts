import type { CompletedCommand, CompletedOption } from './list_completions.ts';

/** For `curfew completion fish | source`, or a file in `~/.config/fish/completions`. */
export function renderFish(commands: readonly CompletedCommand[]): string {
  const below = commands.flatMap(({ path, commands: children }) =>
    children.map(({ word }) => quote(`${path} ${word}`)),
  );
  return `# Completion of curfew, for fish: curfew completion fish | source
function __curfew_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        if contains -- "$at $word" ${below.join(' ')}
            set at (string trim -- "$at $word")
        end
    end
    test "$at" = "$argv[1]"
end
complete -c curfew -f
${commands.flatMap(renderCommand).join('\n')}
`;
}

function renderCommand({ path, commands, options, argument }: CompletedCommand): string[] {
  const condition = `complete -c curfew -n ${quote(`__curfew_at ${quote(path)}`)}`;
  const choices = typeof argument === 'object' ? argument : [];
  return [
    ...commands.map(({ word, description }) => `${condition} -a ${quote(word)} -d ${quote(description)}`),
    ...choices.map((word) => `${condition} -a ${quote(word)}`),
    ...(argument === 'file' ? [`${condition} -F`] : []),
    ...options.map((option) => `${condition} ${renderOption(option)} -d ${quote(option.description)}`),
  ];
}

function renderOption({ word, value }: CompletedOption): string {
  const name = word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
  if (value === undefined) return name;
  if (value === 'file') return `${name} -r -F`;
  return value === 'other' ? `${name} -x` : `${name} -x -a ${quote(value.join(' '))}`;
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
