// npm run package: both programs as single executables under dist/, for both processors.
import { join, relative } from 'node:path';
import { makeRelease, type Release } from './release.ts';
import { readReleaseOptions } from './release-options.ts';
import { report } from './report.ts';

const startMs = performance.now();

try {
  const options = readReleaseOptions(process.argv.slice(2));
  const release = await makeRelease(options, (line) => {
    process.stderr.write(`${seconds().padStart(6)} s  ${line}\n`);
  });
  if (options.json) console.log(JSON.stringify({ folder: options.folder, ...release }));
  else console.log(words(release, relative(process.cwd(), options.folder)));
} catch (error) {
  process.exitCode = report(error);
}

function words({ release, commit, executables, key, files }: Release, folder: string): string {
  return [
    `Holdfast ${release}, commit ${commit}, after ${seconds()} s:`,
    ...executables.map(({ file, bytes, readyMs }) => {
      const ready = readyMs === null ? '' : `, ready after ${readyMs} ms`;
      return `  ${join(folder, file).padEnd(40)} ${(bytes / 1e6).toFixed(1)} MB${ready}`;
    }),
    `  and ${files.filter((file) => !executables.some((one) => one.file === file)).join(', ')}`,
    ...(key === 'development'
      ? ['Signed with a DEVELOPMENT key made in that folder: for a release, name its key with --signing-key.']
      : []),
    `To check: cd ${folder} && minisign -V -p holdfast-signing.pub -m SHA256SUMS && sha256sum -c SHA256SUMS`,
  ].join('\n');
}

function seconds(): string {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}
