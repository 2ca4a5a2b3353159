// Which packages an executable is made of: those whose code esbuild really took, with what the lock file knows of each.
import * as z from 'zod';

export const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
export type Lock = z.infer<typeof Lock>;

export interface PackageInside {
  name: string;
  version: string;
  /** An SPDX expression; null where the package names none. */
  license: string | null;
  /** SHA-512 of the package as npm gives it out, in hex; null where the lock file has another. */
  sha512: string | null;
  /** Which of the others it is written against, as positions in the list. */
  dependsOn: number[];
}

/**
 * @param sources files whose code is inside, by their path in the repository
 * @throws Error for a file of a package that the lock file does not have
 */
export function packagesInside(sources: readonly string[], { packages }: Lock): PackageInside[] {
  const places = [...new Set(sources.flatMap(placeOf))].sort();
  return places.map((place) => {
    const known = packages[place];
    if (known?.version === undefined) throw new Error(`package-lock.json has no ${place}`);
    return {
      name: nameOf(place),
      version: known.version,
      license: known.license ?? null,
      sha512: sha512Of(known.integrity),
      dependsOn: Object.keys(known.dependencies ?? {})
        .map((name) => places.indexOf(nearest(place, name, places)))
        .filter((position) => position >= 0),
    };
  });
}

/** The folder of the package that a file belongs to; none for our own files. */
function placeOf(source: string): string[] {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(source)?.slice(0, 1) ?? [];
}

function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Where Node finds a package that the one at `place` asks for: in its own folder, or in one of those around it. */
function nearest(place: string, name: string, places: readonly string[]): string {
  const own = `${place}/node_modules/${name}`;
  if (places.includes(own) || !place.includes('/node_modules/')) {
    return places.includes(own) ? own : `node_modules/${name}`;
  }
  return nearest(place.slice(0, place.lastIndexOf('/node_modules/')), name, places);
}

function sha512Of(integrity: string | undefined): string | null {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? '') ?? [];
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex');
}
