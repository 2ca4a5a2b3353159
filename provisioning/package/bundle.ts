// A program without its sources: one CommonJS file for each of its threads, and beside them, where the sources had them,
// the files it reads. The folder runs with Node alone, wherever it is copied to.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import type { ProgramParts } from './programs.ts';

const repository = resolve(import.meta.dirname, '..', '..');
const printedBytesMax = 16 * 1024 * 1024;
const run = promisify(execFile);

/**
 * Writes the program to a folder, which is made when it is missing.
 * @returns the file to give to Node
 * @throws esbuild's BuildFailure with what it could not read
 */
export async function bundle(
  { entries, files, printed = [] }: ProgramParts,
  folder: string,
): Promise<string> {
  for (const entry of entries) await bundleOne(entry, join(folder, compiled(entry)));
  for (const file of files) copy(file, folder);
  for (const { program, file } of printed) await print(program, join(folder, file));
  copyDatabaseLibrary(folder);
  // Whoever copies the folder: these are not modules, whatever stands in a package.json above.
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
  return join(folder, compiled(entries[0] ?? ''));
}

/** The name of the bundle's own address within it. */
const ownUrl = 'bundleUrl';

async function bundleOne(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(repository, entry)],
    outfile,
    bundle: true,
    // One file that a single executable can carry, with its threads started by path: ES modules cannot be, there.
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // Names stay: they stand in stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // Node is silent about what packages do that is deprecated, and knows them by their folder, which is gone here.
    banner: {
      js: `process.noDeprecation = true;const ${ownUrl} = require('node:url').pathToFileURL(__filename).href;`,
    },
    // Packages that are ES modules reckon paths from it when they are loaded.
    define: { 'import.meta.url': ownUrl },
    // Finds its addon beside itself.
    external: ['better-sqlite3'],
    plugins: [ownPlace(entry)],
    logLevel: 'silent',
  });
}

/** Paths that a source file reckons from its own place are the same in the bundle, reckoned from the bundle's. */
function ownPlace(entry: string): Plugin {
  return {
    name: 'own-place',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        if (!source.includes('import.meta')) return null;
        const from = posix.relative(posix.dirname(entry), dirname(path).slice(repository.length + 1));
        const here = JSON.stringify(`/${from}`);
        const contents = source
          .replaceAll(
            /new URL\('(\.[^']+)\.ts', import\.meta\.url\)/g,
            (_, beside: string) => `require('node:path').join(__dirname, ${here}, '${beside}.cjs')`,
          )
          .replaceAll('import.meta.dirname', `require('node:path').join(__dirname, ${here})`);
        if (contents.includes('import.meta')) throw new Error(`${path} asks for its place in an unknown way`);
        return { contents, loader: 'ts' };
      });
    },
  };
}

function compiled(source: string): string {
  return source.replace(/\.ts$/, '.cjs');
}

function copy(file: string, folder: string): void {
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(repository, file), to, {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  });
}

async function print(program: string, to: string): Promise<void> {
  const { stdout } = await run(process.execPath, [join(repository, program)], { maxBuffer: printedBytesMax });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, stdout);
}

/** The library with the one addon this machine needs, of the eight it brings. */
function copyDatabaseLibrary(folder: string): void {
  const library = join('node_modules', 'better-sqlite3');
  const addon = `${process.platform}-${process.arch}.node`;
  for (const part of ['package.json', 'LICENSE', 'lib', join('prebuilds', addon)]) {
    copy(join(library, part), folder);
  }
}
