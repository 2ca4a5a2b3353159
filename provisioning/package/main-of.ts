// Where a program starts: at its sources, or, where a folder of built programs is named, without them. The tests name one:
// from its sources a program takes three times as long to start.
import { join } from 'node:path';
import { compiledName, repository } from './compile.ts';
import { programs } from './programs.ts';

/** The folder, as `npm run build` leaves it. */
export const builtVariable = 'HOLDFAST_BUILT';

/** The file to give to Node. */
export function mainOf(name: 'holdfast' | 'holdfast-central'): string {
  const [entry = ''] = programs.find((program) => program.name === name)?.entries ?? [];
  const built = process.env[builtVariable];
  return built ? join(built, name, compiledName(entry)) : join(repository, entry);
}
