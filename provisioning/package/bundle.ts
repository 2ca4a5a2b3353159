// A program without its sources: one CommonJS file for each of its threads, and beside them, where the sources had them,
// the files it reads. The folder runs with Node alone, wherever it is copied to.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addonOf, compile, compiledName, repository } from './compile.ts';
import { print } from './print.ts';
import type { ProgramParts } from './programs.ts';

/**
 * Writes the program to a folder, which is made when it is missing.
 * @returns the file to give to Node
 * @throws esbuild's BuildFailure with what it could not read
 */
export async function bundle(
  { entries, files, printed = [] }: ProgramParts,
  folder: string,
): Promise<string> {
  for (const entry of entries) await compile(entry, join(folder, compiledName(entry)), { kind: 'folder' });
  for (const file of files) copy(file, folder);
  for (const { program, file } of printed) await print(program, join(folder, file));
  copyDatabaseLibrary(folder);
  // Whoever copies the folder: these are not modules, whatever stands in a package.json above.
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
  return join(folder, compiledName(entries[0] ?? ''));
}

function copy(file: string, folder: string): void {
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(repository, file), to, {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  });
}

/** The library with the one addon this machine needs. */
function copyDatabaseLibrary(folder: string): void {
  const library = join('node_modules', 'better-sqlite3');
  for (const part of ['package.json', 'LICENSE', 'lib'].map((name) => join(library, name)))
    copy(part, folder);
  copy(addonOf(process.arch), folder);
}
