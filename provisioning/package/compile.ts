// One thread of a program as one CommonJS file. A source reckons paths from its own place: in a folder they are the same,
// reckoned from the file's place there; in an executable they name what is inside it (kit/shipped.ts).
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { inside } from '../../kit/shipped.ts';

export const repository = resolve(import.meta.dirname, '..', '..');

/** Which processors executables are made for, as Node names them. */
export const architectures = ['x64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];

/** What the file becomes a part of. */
export type Form =
  | { kind: 'folder' }
  | { kind: 'executable'; architecture: Architecture; commit: string; madeAtMs: number };

/** The name of the bundle's own address within it. */
const ownUrl = 'bundleUrl';

/**
 * @param entry where the thread begins, by its path in the repository
 * @returns the files that are in it, by their path in the repository
 * @throws esbuild's BuildFailure with what it could not read
 */
export async function compile(entry: string, outfile: string, form: Form): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [entry],
    outfile,
    bundle: true,
    metafile: true,
    // One file that a single executable can carry: it cannot start ES modules as threads.
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // Names stay: they stand in stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // Node is silent about what packages do that is deprecated, and knows them by their folder, which is gone here.
    banner: {
      js: `process.noDeprecation = true;const ${ownUrl} = require('node:url').pathToFileURL(${ownFile(entry, form)}).href;`,
    },
    define: {
      // Packages that are ES modules reckon paths from it when they are loaded.
      'import.meta.url': ownUrl,
      ...(form.kind === 'executable' && {
        HOLDFAST_COMMIT: JSON.stringify(form.commit),
        HOLDFAST_MADE_AT_MS: JSON.stringify(form.madeAtMs),
      }),
    },
    // In a folder it finds its addon beside itself.
    external: form.kind === 'folder' ? ['better-sqlite3'] : [],
    plugins: [ownPlace(entry, form), ...(form.kind === 'executable' ? [oneAddon(form.architecture)] : [])],
    logLevel: 'silent',
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );
}

export function compiledName(source: string): string {
  return source.replace(/\.ts$/, '.cjs');
}

/** The addon of better-sqlite3 for a processor, of the eight it brings, by its path in the repository. */
export function addonOf(architecture: string): string {
  return `node_modules/better-sqlite3/prebuilds/linux-${architecture}.node`;
}

function ownFile(entry: string, { kind }: Form): string {
  return kind === 'folder' ? '__filename' : JSON.stringify(inside + compiledName(entry));
}

function ownPlace(entry: string, { kind }: Form): Plugin {
  return {
    name: 'own-place',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        if (!source.includes('import.meta')) return null;
        const folder = dirname(path).slice(repository.length + 1);
        const here =
          kind === 'folder'
            ? `__dirname, ${JSON.stringify(`/${posix.relative(posix.dirname(entry), folder)}`)}`
            : JSON.stringify(inside + folder);
        const contents = source
          .replaceAll(
            /new URL\('(\.[^']+)\.ts', import\.meta\.url\)/g,
            (_, beside: string) => `require('node:path').join(${here}, '${beside}.cjs')`,
          )
          .replaceAll('import.meta.dirname', `require('node:path').join(${here})`);
        if (contents.includes('import.meta')) throw new Error(`${path} asks for its place in an unknown way`);
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** better-sqlite3 by its door for one processor, whose addon is loaded out of the executable. */
function oneAddon(architecture: Architecture): Plugin {
  const library = join(repository, 'node_modules', 'better-sqlite3');
  return {
    name: 'one-addon',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^better-sqlite3$/ }, () => ({
        path: join(library, 'lib', `linux-${architecture}.js`),
      }));
      onLoad({ filter: /\.node$/ }, ({ path }) => {
        const addon = addonOf(architecture);
        if (basename(path) !== basename(addon)) throw new Error(`${path} is an addon nobody unpacks`);
        const loader = JSON.stringify(join(repository, 'kit', 'shipped-addon.ts'));
        const args = [inside + addon, hash('sha256', readFileSync(path))].map((text) => JSON.stringify(text));
        return {
          contents: `module.exports = require(${loader}).loadShippedAddon(${args.join()});`,
          loader: 'js',
        };
      });
    },
  };
}
