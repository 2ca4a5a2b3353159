// npm run build: both programs without their sources, under dist/.
import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { programs } from './programs.ts';

const dist = resolve(import.meta.dirname, '..', '..', 'dist');

for (const program of programs) {
  const folder = join(dist, program.name);
  rmSync(folder, { recursive: true, force: true });
  const main = await bundle(program, folder);
  console.log(`${program.name}: node ${relative(process.cwd(), main)} --help`);
}
