import type { KnownCommand, KnownOption, Value } from './command-tree.js';

export function fishCompletion(commands: readonly KnownCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return `# fish completion of elmetron
function __elmetron_at
    set -l words (commandline -opc)
    set -l at ''
    for word in $words[2..-1]
        set -l next (string trim -- "$at $word")
        if contains -- $next ${paths.join(' ')}
            set at $next
        end
    end
    test "$at" = "$argv[1]"
end
complete -c elmetron -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, options, subcommands, argument }: KnownCommand): string[] {
  const here = `complete -c elmetron -n ${quoted(`__elmetron_at ${quoted(path)}`)}`;
  return [
    ...subcommands.map(({ name, summary }) => `${here} -a ${name} -d ${quoted(summary)}`),
    ...options.map((option) => `${here}${optionOf(option)}`),
    ...(argument === undefined || argument.kind === 'other' ? [] : [`${here}${valueOf(argument)}`]),
  ];
}

function optionOf({ flags, summary, value }: KnownOption): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`,
  );
  // -x: files are not proposed beside what is known.
  const takes =
    value === undefined ? '' : `${value.kind === 'file' ? ' -r' : ' -x'}${valueOf(value)}`;
  return `${names.join('')}${takes} -d ${quoted(summary)}`;
}

function valueOf(value: Value): string {
  switch (value.kind) {
    case 'words':
      return ` -a ${quoted(value.words.join(' '))}`;
    case 'file':
      return ' -F';
    case 'other':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
