// Both programs are built once for a whole run of tests: some thousand processes are started in it.
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
  return () => rmSync(folder, { recursive: true, force: true });
}
