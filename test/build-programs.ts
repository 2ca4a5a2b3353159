// Both programs are built once for a whole run of tests, and what V8 has compiled is kept while it lasts: some thousand processes are
// started in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../provisioning/package/bundle.ts';
import { builtVariable } from '../provisioning/package/main-of.ts';
import { programs } from '../provisioning/package/programs.ts';

export async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-built-'));
  for (const program of programs) await bundle(program, join(folder, program.name));
  process.env[builtVariable] = folder;
  process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true });
}
