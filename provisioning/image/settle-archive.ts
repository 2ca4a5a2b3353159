// An archive of an image without what is only of the moment it was made in: the same image, the same bytes.
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { run } from './tool.ts';

const Manifest = z.tuple([z.looseObject({ Config: z.string(), Layers: z.array(z.string()) })]);
const Config = z.looseObject({ config: z.looseObject({}) });

/** Packs it anew: OCI's as it is, Docker's with a configuration that does not name the container it was made in. */
export async function settleArchive(file: string, form: 'oci' | 'docker', seconds: string): Promise<void> {
  const folder = `${file}.unpacked`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await run('tar', ['--extract', '--file', file, '--directory', folder]);
  const names = form === 'docker' ? settleDocker(folder) : readdirSync(folder).sort();
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const how = ['--sort=name', '--format=ustar', `--mtime=@${seconds}`, ...owner];
  await run('tar', ['--create', '--file', file, '--directory', folder, ...how, ...names]);
  rmSync(folder, { recursive: true });
}

/** @returns what of it is packed: what Docker 1.10 (2016) and everything since reads */
function settleDocker(folder: string): string[] {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const [manifest] = Manifest.parse(read('manifest.json'));
  const { parent, container, container_config, config, ...rest } = Config.parse(read(manifest.Config));
  const { Hostname, Image, ...kept } = config;
  const text = JSON.stringify({ ...rest, config: kept });
  const name = `${hash('sha256', text)}.json`;
  writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ ...manifest, Config: name }]));
  return ['manifest.json', name, ...manifest.Layers];
}
