import type { CompletedCommand, CompletedValue } from './list_completions.ts';

/** For `source <(curfew completion bash)`; bash 3.2, which macOS has, understands it too. */
export function renderBash(commands: readonly CompletedCommand[]): string {
  const below = commands.flatMap(({ path, commands: children }) =>
    children.map(({ word }) => quote(`${path} ${word}`)),
  );
  return `# Completion of curfew, for bash: source <(curfew completion bash)
_curfew() {
  local word at='' words='' files='' i IFS=$'\\n'
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$at $word" in
      ${below.join(' | ')})
        at="\${at:+$at }$word" ;;
    esac
  done
  case "$at:$previous" in
${commands.flatMap(renderValues).join('\n')}
    *)
      case "$at" in
${commands.map(renderWords).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -F _curfew curfew
`;
}

/** What follows an option that takes a value. */
function renderValues({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ word, value }) =>
    value === undefined ? [] : [`    ${quote(`${path}:${word}`)}) ${assign([], value)} ;;`],
  );
}

function renderWords({ path, commands, options, argument }: CompletedCommand): string {
  const words = [...commands, ...options].map(({ word }) => word);
  return `        ${quote(path)}) ${assign(words, argument)} ;;`;
}

function assign(words: readonly string[], value: CompletedValue | undefined): string {
  const choices = typeof value === 'object' ? value : [];
  const text = `words=$'${[...choices, ...words].join('\\n')}'`;
  return value === 'file' ? `${text} files=yes` : text;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
