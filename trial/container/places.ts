// A trial's image and its container, as a file for the processes that the site starts in it.
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ImageConfig } from './bundle.ts';

export const Places = z.object({
  program: z.enum(['holdfast', 'holdfast-central']),
  image: ImageConfig,
  /** The image's files, unpacked. */
  rootfs: z.string(),
  /** Volumes, the bundle, and what the runtime keeps. */
  folder: z.string(),
});
export type Places = z.infer<typeof Places>;

export function readPlaces(file: string): Places {
  return Places.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The runtime, with what it keeps in the trial's own folder. Cgroups are an engine's business. */
export function runtimeOf({ folder }: Pick<Places, 'folder'>): [program: string, ...words: string[]] {
  return ['runc', '--root', `${folder}/runtime`];
}

/** What the container ended with the last time. */
export function exitCodeFile({ folder }: Pick<Places, 'folder'>): string {
  return `${folder}/exit-code`;
}
