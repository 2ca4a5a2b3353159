// `release add`, `list`: signed releases that can be rolled out.
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { syncFolder } from '../../kit/durable-file.ts';
import { readMinisignKey } from '../../kit/minisign.ts';
import { architectureOf } from '../../provisioning/package/elf.ts';
import { sumOf } from '../../provisioning/package/sums.ts';
import { architectures, executableName, readReleaseList } from '../../provisioning/release-list.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import type { ReleaseView } from '../rollout/port.ts';
import { releasesFolder } from '../rollout/releases-folder.ts';
import { databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore, withStore } from './open-store.ts';
import { readText } from './read-text.ts';

export function releaseAdd(): Command {
  return databaseCommand(
    {
      name: 'add',
      description: 'take in a signed release, as `npm run package` makes it',
      arguments: [['<folder>', 'with SHA256SUMS, its signature and the executables']],
      options: [
        new Option('--key <file>', 'the public key it must be signed with (minisign)').makeOptionMandatory(),
      ],
      help: 'Boxes check the signature again, by the keys of their own configuration.',
      examples: ['release add dist --key holdfast-signing.pub --config central.toml'],
    },
    (dataFolder, { key: keyFile }: { key: string }, folder: string) => {
      const key = readMinisignKey(readText(keyFile));
      if (key === null) throw refused(`${keyFile} is no public key of minisign`);
      const sums = readText(join(folder, 'SHA256SUMS'));
      const signature = readText(join(folder, 'SHA256SUMS.minisig'));
      const list = readReleaseList([key], { sums, signature });
      if (list === null) throw refused(`${folder}/SHA256SUMS is not signed with that key`);
      const files = architectures.flatMap((architecture) => {
        const name = executableName(architecture);
        const sha256 = list.sums.get(name);
        if (sha256 === undefined || !existsSync(join(folder, name))) return [];
        return [{ architecture, sha256, ...taken(join(folder, name), architecture, sha256, dataFolder) }];
      });
      if (files.length === 0)
        throw refused(`${folder} has no executable of a box that is named in SHA256SUMS`);
      const said = withStore(dataFolder, (store) =>
        store.addRelease({ name: list.name, files, sums, signature }, byCommand()),
      );
      if (said === 'known') throw refused(`release ${list.name} was added before; a release keeps its files`);
      const words = `release ${list.name}: ${files.map(({ architecture }) => architecture).join(', ')}`;
      return { result: { name: list.name, files }, words };
    },
  );
}

export function releaseList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the releases that can be rolled out, the newest first',
      examples: ['release list --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.releases());
      const lines = items.map(lineOf);
      const empty = 'no release was added\nNext: holdfast-central release add';
      return { result: { items }, words: lines.length === 0 ? empty : lines.join('\n') };
    },
  );
}

/** Copies the file to where boxes are served from, once it is what was signed. @throws CommandError release_refused */
function taken(file: string, architecture: string, sha256: string, dataFolder: string): { bytes: number } {
  if (architectureOf(file) !== architecture) throw refused(`${file} is no program for ${architecture}`);
  if (sumOf(file) !== sha256) throw refused(`${file} is not the file that was signed`);
  const folder = releasesFolder(dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(file, join(folder, `${sha256}.new`));
  renameSync(join(folder, `${sha256}.new`), join(folder, sha256));
  syncFolder(folder);
  return { bytes: statSync(join(folder, sha256)).size };
}

function lineOf({ name, addedMs, files }: ReleaseView): string {
  const sizes = files.map(({ architecture, bytes }) => `${architecture} ${Math.ceil(bytes / 1e6)} MB`);
  return `${name}  added ${momentWords(addedMs)}  ${sizes.join(', ')}`;
}

function refused(message: string): CommandError {
  const hint = 'Make it with npm run package and the release key; docs/operations/rollout.md says how.';
  return new CommandError('release_refused', message, hint);
}
