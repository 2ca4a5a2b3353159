// What `npm run image:oci` is told.
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Architecture, architectures, repository } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { type ProgramParts, programs } from '../package/programs.ts';

export interface ContainerOptions {
  architectures: readonly Architecture[];
  programs: readonly ProgramParts[];
  /** Where executables are, and images go. */
  folder: string;
  suite: string;
  newBase: boolean;
  signingKey: string | null;
  trial: boolean;
  json: boolean;
}

interface Given {
  arch: string;
  program: string;
  folder: string;
  suite: string;
  newBase?: boolean;
  signingKey?: string;
  trial: boolean;
  json?: boolean;
}

/** @throws CommanderError, which has said so itself */
export function readContainerOptions(args: readonly string[]): ContainerOptions {
  const names = programs.map(({ name }) => name);
  const processors = architectures.map(debianArchitecture);
  const own = debianArchitecture(process.arch === 'arm64' ? 'arm64' : 'x64');
  const absolute = (path: string) => resolve(path);
  const given = new Command('npm run image:oci --')
    .description(
      'Makes a container image by Dockerfile.arm64 without an engine, and runs it\non files that cannot be written; as root.',
    )
    .addOption(new Option('--arch <name>', 'for one processor').choices([...processors, 'all']).default(own))
    .addOption(new Option('--program <name>', 'which program').choices([...names, 'all']).default('holdfast'))
    .option(
      '--folder <folder>',
      'where executables are, or are made, and images go',
      absolute,
      resolve(repository, 'dist'),
    )
    .option('--suite <name>', 'of Debian, for the base', 'bookworm')
    .option('--new-base', 'make the base anew, with the newest packages')
    .option('--signing-key <file>', 'as of npm run package', absolute)
    .option('--no-trial', 'do not run the image')
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run image:oci\n  npm run image:oci -- --arch arm64 --program all --new-base\n\nExit codes: 0 made, 1 failed, 2 a tool or an argument is missing',
    )
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Given>();
  return {
    architectures: architectures.filter((one) => ['all', debianArchitecture(one)].includes(given.arch)),
    programs: programs.filter(({ name }) => ['all', name].includes(given.program)),
    folder: given.folder,
    suite: given.suite,
    newBase: given.newBase ?? false,
    signingKey: given.signingKey ?? null,
    trial: given.trial,
    json: given.json ?? false,
  };
}
