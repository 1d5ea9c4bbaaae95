import type { KnownCommand, KnownOption, Value } from './command-tree.js';

export function zshCompletion(commands: readonly KnownCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `#compdef elmetron
# zsh completion of elmetron
_elmetron() {
  local at='' next word previous=\${words[CURRENT-1]}
  local -a known
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${at:+$at }$word"
    case "$next" in
      (${paths.join('|')}) at=$next ;;
    esac
  done
  case "$at:$previous" in
${commands.flatMap(valuesOf).join('\n')}
  esac
  case "$at" in
${commands.map(wordsOf).join('\n')}
  esac
  if [[ $PREFIX != -* ]]; then
    case "$at" in
${commands.flatMap(argumentOf).join('\n')}
    esac
  fi
  _describe elmetron known
}
# Autoloaded by its name it is to answer at once; sourced, it is to be made known.
if [[ \${funcstack[1]} == _elmetron ]]; then
  _elmetron "$@"
else
  compdef _elmetron elmetron
fi
`;
}

function valuesOf({ path, options }: KnownCommand): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const patterns = flags.map((flag) => quoted(`${path}:${flag}`)).join('|');
    return [`    (${patterns}) ${replyOf(value)}; return ;;`];
  });
}

function replyOf(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `compadd -- ${value.words.map(quoted).join(' ')}`;
    case 'file':
      return '_files';
    case 'other':
      return "_message 'a value'";
  }
}

function wordsOf({ path, options, subcommands }: KnownCommand): string {
  const entries = [
    ...subcommands.map(({ name, summary }) => entry(name, summary)),
    ...options.flatMap(longest),
  ];
  return `    (${quoted(path)}) known=(${entries.join(' ')}) ;;`;
}

function longest({ flags, summary }: KnownOption): string[] {
  return flags.slice(-1).map((flag) => entry(flag, summary));
}

/** The first colon parts a word from what is said of it. */
function entry(word: string, summary: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${summary}`);
}

function argumentOf({ path, argument }: KnownCommand): string[] {
  if (argument === undefined || argument.kind === 'other') return [];
  return [`      (${quoted(path)}) ${replyOf(argument)}; return ;;`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
