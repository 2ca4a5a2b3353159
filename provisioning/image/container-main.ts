// npm run image:oci: the programs as container images under dist/, each run before it counts.
import { join, relative } from 'node:path';
import { type Container, makeContainers } from './container.ts';
import { readContainerOptions } from './container-options.ts';
import { report } from './report.ts';

const startMs = performance.now();

try {
  const options = readContainerOptions(process.argv.slice(2));
  const containers = await makeContainers(options, (line) => {
    process.stderr.write(`${seconds().padStart(6)} s  ${line}\n`);
  });
  if (options.json) console.log(JSON.stringify({ folder: options.folder, containers }));
  else console.log(containers.flatMap((one) => words(one, options.folder)).join('\n'));
} catch (error) {
  process.exitCode = report(error);
}

function words({ files, bytes, trial }: Container, folder: string): string[] {
  const file = (form: 'oci' | 'docker') =>
    `  ${relative(process.cwd(), join(folder, files[form])).padEnd(44)} ${(bytes[form] / 1e6).toFixed(1)} MB`;
  const tried = trial ? [`    ready after ${trial.readyMs} ms, health asked in ${trial.healthMs} ms`] : [];
  return [file('oci'), file('docker'), ...tried];
}

function seconds(): string {
  return ((performance.now() - startMs) / 1000).toFixed(1);
}
