// npm run image:build: an appliance as a disk that boots, for one processor.
import { relative, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { architectures, repository } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { debianArchitectures } from './image-files.ts';
import { report } from './report.ts';
import { makeSystemImage, type SystemImageOptions } from './system-image.ts';

interface Given {
  arch: string;
  from: string;
  out?: string;
  cache?: string;
  dataMib: number;
  json?: boolean;
}

const startMs = performance.now();
const seconds = () => ((performance.now() - startMs) / 1000).toFixed(1);

try {
  const given = readOptions(process.argv.slice(2));
  const options = optionsOf(given);
  const facts = await makeSystemImage(options, (line) => {
    process.stderr.write(`${seconds().padStart(6)} s  ${line}\n`);
  });
  const folder = options.out;
  if (given.json) console.log(JSON.stringify({ folder, ...facts }));
  else {
    const shown = relative(process.cwd(), folder);
    console.log(`An appliance with ${facts.kernel} in ${shown}, after ${seconds()} s.`);
    console.log(`To try it: npm run image:boot -- --arch ${given.arch}`);
  }
} catch (error) {
  process.exitCode = report(error);
}

function readOptions(args: readonly string[]): Given {
  const [own] = architectures.filter((one) => one === process.arch).map(debianArchitecture);
  return new Command('npm run image:build --')
    .description('Makes an appliance as a disk that boots: Debian, our package, a kernel; as root.')
    .addOption(new Option('--arch <name>', 'for one processor').choices(debianArchitectures).default(own))
    .option(
      '--from <folder>',
      'where npm run package put the executable',
      inFolder,
      resolve(repository, 'dist'),
    )
    .option('--out <folder>', 'where the image goes (dist/image-ARCH)', inFolder)
    .option('--cache <folder>', "Debian's packages, kept (dist/image-cache/ARCH)", inFolder)
    .option('--data-mib <count>', 'size of the data partition', mebibytes, 1024)
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run package -- --arch arm64 && npm run image:build -- --arch arm64\n  npm run image:build -- --arch amd64 --data-mib 8192\n\nExit codes: 0 made, 1 failed, 2 a tool, an argument or the executable is missing',
    )
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Given>();
}

function optionsOf({ arch, from, out, cache, dataMib }: Given): SystemImageOptions {
  const architecture = architectures.find((one) => debianArchitecture(one) === arch);
  if (!architecture) throw new Error('commander lets nothing else through');
  return {
    architecture,
    from,
    out: out ?? resolve(repository, 'dist', `image-${arch}`),
    cache: cache ?? resolve(repository, 'dist', 'image-cache', arch),
    dataMebibytes: dataMib,
  };
}

function inFolder(path: string): string {
  if (path === '') throw new InvalidArgumentError('a path cannot be empty');
  return resolve(path);
}

function mebibytes(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 128 && count <= 1_048_576) return count;
  throw new InvalidArgumentError('use a whole number of MiB, 128 or more');
}
