// Which commit is being packaged, and when it was made: the only time that goes into what is made of it.
import { execFileSync } from 'node:child_process';
import { repository } from './compile.ts';

export interface Origin {
  /** With "-changed" where files differ from it; "unknown" outside of git. */
  commit: string;
  madeAtMs: number;
}

/** @param environment SOURCE_DATE_EPOCH goes before the commit's own time (https://reproducible-builds.org/specs/source-date-epoch/) */
export function originOf(environment: NodeJS.ProcessEnv): Origin {
  const told = environment.SOURCE_DATE_EPOCH;
  const commit = git('rev-parse', 'HEAD');
  if (commit === null) return { commit: 'unknown', madeAtMs: Number(told ?? 0) * 1000 };
  const changed = git('status', '--porcelain') !== '';
  const seconds = Number(told ?? git('show', '-s', '--format=%ct', 'HEAD'));
  return { commit: changed ? `${commit}-changed` : commit, madeAtMs: seconds * 1000 };
}

function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}
