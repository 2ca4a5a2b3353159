// What keeps the programs from being packaged, and what to do about it.
export class PackageError extends Error {
  readonly code:
    | 'tool_missing'
    | 'executable_missing'
    | 'node_differs'
    | 'executable_wrong'
    | 'image_wrong'
    | 'key_unusable';
  readonly hint: string;

  constructor(code: PackageError['code'], message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}
