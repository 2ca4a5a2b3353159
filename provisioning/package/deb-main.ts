// npm run package:deb: a Debian package of each executable that `npm run package` made under dist/.
import { existsSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { architectures, repository } from './compile.ts';
import { type DebOptions, makeDeb } from './deb.ts';
import { debPackages } from './deb-packages.ts';
import { PackageError } from './error.ts';
import { originOf } from './origin.ts';
import { report } from './report.ts';
import { openSigningKey } from './signing-key.ts';
import { addToSums } from './sums.ts';

interface Given {
  arch: string;
  program: string;
  folder: string;
  revision: string;
  signingKey?: string;
  json?: boolean;
}

try {
  const made = await packAll(readOptions(process.argv.slice(2)));
  process.stdout.write(made);
} catch (error) {
  process.exitCode = report(error);
}

function readOptions(args: readonly string[]): Given {
  const names = debPackages.map(({ name }) => name);
  return new Command('npm run package:deb --')
    .description('Makes a Debian package of each executable that npm run package made.')
    .addOption(
      new Option('--arch <name>', 'for one processor').choices([...architectures, 'all']).default('all'),
    )
    .addOption(new Option('--program <name>', 'one program').choices([...names, 'all']).default('all'))
    .option(
      '--folder <folder>',
      'where the executables are and the packages go',
      (path) => resolve(path),
      resolve(repository, 'dist'),
    )
    .option('--revision <text>', 'what comes behind the release in the version', '1')
    .option('--signing-key <file>', 'as of npm run package', (path) => resolve(path))
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run package && npm run package:deb\n  npm run package:deb -- --arch arm64 --program holdfast\n\nExit codes: 0 made, 1 failed, 2 a tool, an argument or an executable is missing',
    )
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Given>();
}

async function packAll({ arch, program, folder, revision, signingKey, json }: Given): Promise<string> {
  const { madeAtMs, commit } = originOf(process.env);
  const version = `${packageJson.version}-${revision}`;
  const made: { file: string; bytes: number }[] = [];
  for (const architecture of architectures.filter((one) => arch === 'all' || one === arch)) {
    for (const deb of debPackages.filter(({ name }) => program === 'all' || name === program)) {
      const executable = join(folder, `${deb.name}-linux-${architecture}`);
      const bill = `${executable}.cdx.json`;
      mustBeThere(executable, bill);
      const options: DebOptions = {
        architecture,
        version,
        executable,
        bill,
        madeAtMs,
        compression: 'xz',
        folder,
      };
      const file = await makeDeb(deb, options);
      made.push({ file: basename(file), bytes: statSync(file).size });
    }
  }
  rmSync(join(folder, '.work'), { recursive: true, force: true });
  const names = made.map(({ file }) => file);
  addToSums(folder, names, { key: openSigningKey(signingKey ?? null, folder), commit });
  if (json) return `${JSON.stringify({ folder, version, packages: made })}\n`;
  const lines = made.map(
    ({ file, bytes }) =>
      `  ${relative(process.cwd(), join(folder, file)).padEnd(48)} ${(bytes / 1e6).toFixed(1)} MB\n`,
  );
  return `Debian packages, ${version}:\n${lines.join('')}`;
}

function mustBeThere(...files: string[]): void {
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return;
  throw new PackageError('executable_missing', `${missing} is not there`, 'First: npm run package');
}
