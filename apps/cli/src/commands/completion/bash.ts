/** Also for the bash 3.2 of macOS: no associative arrays, no `compopt`. */
import type { KnownCommand, KnownOption, Value } from './command-tree.js';

export function bashCompletion(commands: readonly KnownCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `# bash completion of elmetron
_elmetron() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local at='' next words='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case "$next" in
      ${paths.join(' | ')}) at=$next ;;
    esac
  done
  case "$at:$previous" in
${commands.flatMap(valuesOf).join('\n')}
  esac
  case "$at" in
${commands.map(wordsOf).join('\n')}
  esac
  case "$current" in
    -*) ;;
    *)
      case "$at" in
${commands.flatMap(argumentOf).join('\n')}
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _elmetron elmetron
`;
}

function valuesOf({ path, options }: KnownCommand): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const patterns = flags.map((flag) => `'${path}:${flag}'`).join(' | ');
    return [`    ${patterns}) ${replyOf(value)} ;;`];
  });
}

/** An empty reply lets bash itself propose files: "-o default". */
function replyOf(value: Value): string {
  if (value.kind !== 'words') return 'return';
  return `COMPREPLY=($(compgen -W '${value.words.join(' ')}' -- "$current")); return`;
}

function wordsOf({ path, options, subcommands }: KnownCommand): string {
  const words = [...subcommands.map(({ name }) => name), ...options.flatMap(longest)];
  return `    '${path}') words='${words.join(' ')}' ;;`;
}

/** Nobody completes a single letter. */
function longest({ flags }: KnownOption): string[] {
  return flags.slice(-1);
}

function argumentOf({ path, argument }: KnownCommand): string[] {
  if (argument === undefined || argument.kind === 'other') return [];
  return [`        '${path}') ${replyOf(argument)} ;;`];
}
