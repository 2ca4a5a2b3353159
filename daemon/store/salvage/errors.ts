// What a salvage can end with beside a journal: each is said again at every start, and nothing is tried that was tried.
export class SalvageError extends Error {
  readonly code: 'salvage_without_room' | 'salvage_failed';
  readonly hint: string;
  constructor(code: SalvageError['code'], message: string, hint: string, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

export function withoutRoom(freeBytes: number, neededBytes: number): SalvageError {
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;
  return new SalvageError(
    'salvage_without_room',
    `the journal is damaged, and its salvage needs ${mebibytes(neededBytes)} where ${mebibytes(freeBytes)} are free`,
    'Make room on the disk of dataFolder; the journal is as it was, and the next start goes on.',
  );
}

export function failed(words: string, cause?: unknown): SalvageError {
  return new SalvageError(
    'salvage_failed',
    `the journal is damaged, and its salvage failed: ${words}`,
    'Nothing was changed. Copy dataFolder to another disk, then try again: holdfast journal salvage',
    cause,
  );
}
