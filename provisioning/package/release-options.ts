// What `npm run package` is told.
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Architecture, architectures, repository } from './compile.ts';
import { type ProgramParts, programs } from './programs.ts';

export interface ReleaseOptions {
  architectures: readonly Architecture[];
  programs: readonly ProgramParts[];
  /** Where finished files go. */
  folder: string;
  signingKey: string | null;
  smoke: boolean;
  json: boolean;
}

interface Given {
  arch: Architecture | 'all';
  program: ProgramParts['name'] | 'all';
  out: string;
  signingKey?: string;
  smoke: boolean;
  json?: boolean;
}

/** @throws CommanderError, which has said so itself */
export function readReleaseOptions(args: readonly string[]): ReleaseOptions {
  const names = programs.map(({ name }) => name);
  const given = new Command('npm run package --')
    .description(
      'Makes both programs as single executables, with checksums, a signature and bills of materials.',
    )
    .addOption(
      new Option('--arch <name>', 'for one processor').choices([...architectures, 'all']).default('all'),
    )
    .addOption(new Option('--program <name>', 'one program').choices([...names, 'all']).default('all'))
    .option('--out <folder>', 'where the files go', resolvePath, resolve(repository, 'dist'))
    .option(
      '--signing-key <file>',
      'Ed25519 private key, PEM; a development key is made without it',
      resolvePath,
    )
    .option('--no-smoke', 'do not try the executables')
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run package\n  npm run package -- --arch arm64 --signing-key /media/keys/release.key\n\nExit codes: 0 made, 1 failed, 2 a tool or an argument is missing',
    )
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Given>();
  return {
    architectures: architectures.filter((one) => given.arch === 'all' || given.arch === one),
    programs: programs.filter(({ name }) => given.program === 'all' || given.program === name),
    folder: given.out,
    signingKey: given.signingKey ?? null,
    smoke: given.smoke,
    json: given.json ?? false,
  };
}

function resolvePath(path: string): string {
  if (path === '') throw new InvalidArgumentError('a path cannot be empty');
  return resolve(path);
}
