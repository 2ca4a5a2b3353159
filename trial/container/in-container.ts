// Stands for a program of a site, and runs it in a container of its image: node in-container.ts <places.json> run --config
// <file>. The configuration is taken as the image wants it, with the image's own paths. Any other command runs from the
// sources, beside the container.
import { spawn } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify as toToml } from 'smol-toml';
import { onNode } from '../program.ts';
import { bundleOf, type Owner, ownerIn } from './bundle.ts';
import { exitCodeFile, type Places, readPlaces, runtimeOf } from './places.ts';

const mains = { holdfast: 'daemon/main.ts', 'holdfast-central': 'central/main.ts' };
const configNames = { holdfast: 'holdfast.toml', 'holdfast-central': 'central.toml' };

const [placesFile = '', ...args] = process.argv.slice(2);
const places = readPlaces(placesFile);
const [program, ...words] = args[0] === 'run' ? contained(places, args.at(-1) ?? '') : fromSources(places);
const child = spawn(program, words, { stdio: 'inherit' });
// What an engine does with the signal it was told to stop by.
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  if (args[0] === 'run') writeFileSync(exitCodeFile(places), String(code));
  process.exit(code ?? 1);
});

function fromSources({ program }: Places): [string, ...string[]] {
  const [node, ...before] = onNode(resolve(import.meta.dirname, '..', '..', mains[program]));
  return [node, ...before, ...args];
}

/** Lays volumes and bundle out. @returns what runs it */
function contained({ program, image, rootfs, folder }: Places, siteConfig: string): [string, ...string[]] {
  const { dataFolder, identityFolder, ...rest } = parse(readFileSync(siteConfig, 'utf8'));
  const inside = { etc: `/etc/${program}`, data: `/var/lib/${program}` };
  const etc = join(folder, 'etc');
  const bundle = join(folder, 'bundle');
  const data = String(dataFolder);
  for (const each of [etc, bundle, data]) mkdirSync(each, { recursive: true });
  const config = { dataFolder: inside.data, identityFolder: `${inside.data}/identity`, ...rest };
  writeFileSync(join(etc, configNames[program]), toToml(config));
  // A box that is enrolled has its identity in the volume of its journal.
  const identity = join(data, 'identity');
  if (!existsSync(identity)) cpSync(String(identityFolder), identity, { recursive: true });
  for (const each of [etc, data]) giveTo(ownerIn(image), each);
  const volumes = { [inside.etc]: etc, [inside.data]: data };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(bundleOf(image, rootfs, volumes)));
  return [...runtimeOf({ folder }), 'run', '--bundle', bundle, program];
}

function giveTo({ uid, gid }: Owner, folder: string): void {
  for (const name of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(folder, name), uid, gid);
  }
}
