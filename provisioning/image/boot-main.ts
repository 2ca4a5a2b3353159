// npm run image:boot: boots an image in QEMU, with the box's console in this terminal. The box's disk is a copy of the image's
// and stays from one boot to the next.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { architectures, repository } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { putOnSetup, putSystem, systemOf } from './disk.ts';
import { debianArchitectures, imageLine, readImage } from './image-files.ts';
import { canAccelerate, emulatorFor, hostAddress, machineArguments } from './machine.ts';
import { report } from './report.ts';
import { run, toolMissing } from './tool.ts';

interface Given {
  arch: string;
  image?: string;
  disk?: string;
  slip?: string;
  kioskTls?: string;
  port: number;
  memoryMib: number;
}

try {
  await boot(readOptions(process.argv.slice(2)));
} catch (error) {
  process.exitCode = report(error);
}

function readOptions(args: readonly string[]): Given {
  const [own] = architectures.filter((one) => one === process.arch).map(debianArchitecture);
  return new Command('npm run image:boot --')
    .description('Boots an image under QEMU, with the console of the box in this terminal.')
    .addOption(new Option('--arch <name>', 'the processor').choices(debianArchitectures).default(own))
    .option('--image <folder>', 'what npm run image:build made (dist/image-ARCH)', inFolder)
    .option('--disk <file>', "the box's own disk, made when it is not there (dist/box-ARCH.img)", inFolder)
    .option('--slip <file>', 'put this slip onto the setup partition first', inFolder)
    .option('--kiosk-tls <folder>', 'and the certificate that kiosk-tls create made', inFolder)
    .option('--port <port>', "the tills' HTTPS, on 127.0.0.1 of this machine", wholeNumber, 8443)
    .option('--memory-mib <count>', 'memory of the box', wholeNumber, 1024)
    .addHelpText(
      'after',
      `
This machine is ${hostAddress} to the box. Ctrl-A X ends QEMU, as a pulled plug
does; poweroff at the console ends the box in order.

Examples:
  npm run image:boot -- --arch arm64
  npm run image:boot -- --slip leeds-1.json --kiosk-tls leeds-1-tls

Exit codes: 0 the box was switched off, 1 QEMU failed, 2 a tool, an argument
or the image is missing`,
    )
    .showHelpAfterError()
    .exitOverride()
    .parse(args, { from: 'user' })
    .opts<Given>();
}

async function boot({ arch, image, disk, slip, kioskTls, port, memoryMib }: Given): Promise<void> {
  const { files, facts } = readImage(image ?? resolve(repository, 'dist', `image-${arch}`));
  const own = disk ?? resolve(repository, 'dist', `box-${arch}.img`);
  if (!existsSync(own)) await run('cp', ['--sparse=always', files.disk, own]);
  else if ((await systemOf(own)) !== imageLine(facts)) {
    process.stderr.write("The disk had another image's system: it gets this one's, and keeps its data.\n");
    await putSystem(files.disk, own);
  }
  const put = [...(slip === undefined ? [] : [slip]), ...(kioskTls === undefined ? [] : pair(kioskTls))];
  if (put.length > 0) await putOnSetup(own, put);
  const accelerated = canAccelerate(facts.architecture);
  process.stderr.write(
    `${accelerated ? 'With KVM' : 'Emulated: a start takes a minute or more'}. Tills: https://127.0.0.1:${port}. Ctrl-A X pulls the plug.\n`,
  );
  const { program, debian } = emulatorFor(facts.architecture);
  const line = machineArguments({
    architecture: facts.architecture,
    image: files,
    disk: own,
    kioskPort: port,
    accelerated,
    control: null,
    console: 'mon:stdio',
    memoryMebibytes: memoryMib,
  });
  process.exitCode = await new Promise<number>((done, failed) => {
    const child = spawn(program, line, { stdio: 'inherit' });
    // Ctrl-C is the box's.
    process.on('SIGINT', () => {});
    child.once('error', (error) => failed(toolMissing(program, debian, error)));
    child.once('exit', (code) => done(code === 0 ? 0 : 1));
  });
}

/** Certificate and key; what else lies beside them is for the tills. */
function pair(folder: string): string[] {
  const names = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const files = ['kiosk-tls.key', 'kiosk-tls.crt'];
  if (files.every((name) => names.includes(name))) return files.map((name) => join(folder, name));
  throw new InvalidArgumentError(`${folder} is not what kiosk-tls create makes`);
}

function inFolder(path: string): string {
  if (path === '') throw new InvalidArgumentError('a path cannot be empty');
  return resolve(path);
}

function wholeNumber(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 65_535) return count;
  throw new InvalidArgumentError('use a whole number, 65535 at most');
}
