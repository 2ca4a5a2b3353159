// Shell completion scripts, written from a program's own tree of commands: what is completed is what --help lists.

/** As commander's Command has them, and nothing more of it. */
export interface CommandTree {
  name(): string;
  description(): string;
  readonly commands: readonly CommandTree[];
  readonly options: readonly { long?: string; description: string; hidden?: boolean }[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Place {
  /** The commands that lead here, the program's name left out. */
  path: readonly string[];
  words: readonly { word: string; description: string }[];
}

/** The script for one shell, to be read by it at its start. */
export function completionScript(program: CommandTree, shell: Shell): string {
  const places = placesOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(program.name(), places);
    case 'zsh':
      // zsh reads bash's own completions.
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(program.name(), places)}`;
    case 'fish':
      return fish(program.name(), places);
  }
}

function placesOf(command: CommandTree, path: readonly string[]): Place[] {
  const words = [
    ...command.commands.map((inner) => ({ word: inner.name(), description: inner.description() })),
    ...command.options.flatMap(({ long, description, hidden }) =>
      long && !hidden ? [{ word: long, description }] : [],
    ),
    { word: '--help', description: 'display help for command' },
  ];
  const inner = command.commands.flatMap((each) => placesOf(each, [...path, each.name()]));
  return [{ path, words }, ...inner];
}

function bash(program: string, places: readonly Place[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const cases = places.map(({ path, words }) => {
    const list = words.map(({ word }) => word).join(' ');
    return `    "${path.join(' ')}") words="${list}" ;;`;
  });
  return `# Completion of ${program}.
${name}() {
  local path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && break
    path="\${path:+$path }$word"
  done
  case "$path" in
${cases.join('\n')}
  esac
  # Files, where no word of ours fits.
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [[ \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F ${name} ${program}
`;
}

function fish(program: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) =>
    words.map(({ word, description }) => {
      const when = path.length === 0 ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.at(-1)}`;
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c ${program} -n '${when}' ${what} -d '${description.replaceAll("'", '’')}'`;
    }),
  );
  return `# Completion of ${program}.\n${lines.join('\n')}\n`;
}
