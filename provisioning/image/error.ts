// What keeps an image from being made or booted, and what to do about it.
export class ImageError extends Error {
  readonly code: 'tool_missing' | 'executable_missing' | 'image_missing' | 'not_permitted' | 'command_failed';
  readonly hint: string;

  constructor(code: ImageError['code'], message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}
