import type { CompletedCommand, CompletedValue, CompletedWord } from './list_completions.ts';

/** For a file `_curfew` in a directory of `fpath`, or `source <(curfew completion zsh)`. */
export function renderZsh(commands: readonly CompletedCommand[]): string {
  const below = commands.flatMap(({ path, commands: children }) =>
    children.map(({ word }) => quote(`${path} ${word}`)),
  );
  return `#compdef curfew
# Completion of curfew, for zsh: as _curfew in a directory of fpath, or source <(curfew completion zsh)
_curfew() {
  local at='' files='' i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    case "$at $words[i]" in
      (${below.join(' | ')})
        at="\${at:+$at }$words[i]" ;;
    esac
  done
  case "$at:$words[CURRENT-1]" in
${commands.flatMap(renderValues).join('\n')}
    (*)
      case "$at" in
${commands.map(renderWords).join('\n')}
      esac ;;
  esac
  (( $#found )) && _describe 'curfew' found
  [[ -n "$files" ]] && _files
}
if [ "$funcstack[1]" = "_curfew" ]; then
  _curfew "$@"
else
  compdef _curfew curfew
fi
`;
}

/** What follows an option that takes a value. */
function renderValues({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ word, value }) =>
    value === undefined ? [] : [`    (${quote(`${path}:${word}`)}) ${assign([], value)} ;;`],
  );
}

function renderWords({ path, commands, options, argument }: CompletedCommand): string {
  return `        (${quote(path)}) ${assign([...commands, ...options], argument)} ;;`;
}

function assign(words: readonly CompletedWord[], value: CompletedValue | undefined): string {
  const choices = (typeof value === 'object' ? value : []).map((word) => quote(word));
  const described = words.map(({ word, description }) =>
    quote(`${word}:${description.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`),
  );
  const text = `found=(${[...choices, ...described].join(' ')})`;
  return value === 'file' ? `${text} files=yes` : text;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
