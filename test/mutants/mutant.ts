// A mutant breaks one promise on purpose, and the tests named must turn red.

export interface Mutant {
  name: string;
  /** What it breaks, by the invariant's number in ARCHITECTURE.md. */
  breaks: string;
  edits: readonly { file: string; from: string; to: string }[];
  /** Test files of which at least one must fail. */
  tests: readonly string[];
}
