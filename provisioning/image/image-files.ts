// What lies where in the folder of an image, and what an image says of itself.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { architectures } from '../package/compile.ts';
import { debianArchitecture } from '../package/deb-control.ts';
import { ImageError } from './error.ts';

/** As people name processors who make images: Debian's names. */
export const debianArchitectures = architectures.map(debianArchitecture);

export const ImageFacts = z.strictObject({
  architecture: z.enum(architectures),
  release: z.string(),
  commit: z.string(),
  /** Debian's suite and the kernel's version. */
  kernel: z.string(),
});
export type ImageFacts = z.infer<typeof ImageFacts>;

/** The line by which a system says which image it is of. */
export function imageLine({ release, commit, kernel }: ImageFacts): string {
  return `holdfast ${release}, commit ${commit}, Debian ${kernel}`;
}

export function imageFiles(folder: string) {
  return {
    disk: join(folder, 'disk.img'),
    kernel: join(folder, 'vmlinuz'),
    initramfs: join(folder, 'initrd.gz'),
    facts: join(folder, 'image.json'),
  };
}
export type ImageFiles = ReturnType<typeof imageFiles>;

/** @throws ImageError image_missing */
export function readImage(folder: string): { files: ImageFiles; facts: ImageFacts } {
  const files = imageFiles(folder);
  if (Object.values(files).every((file) => existsSync(file))) {
    const parsed = ImageFacts.safeParse(JSON.parse(readFileSync(files.facts, 'utf8')));
    if (parsed.success) return { files, facts: parsed.data };
  }
  const hint = 'First: npm run image:build, with --arch for another processor.';
  throw new ImageError('image_missing', `there is no image in ${folder}`, hint);
}
