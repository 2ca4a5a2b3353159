import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeDurable } from './durable-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a durable file', () => {
  it('is replaced whole, with its permissions, and nothing is left beside it', () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'a longer text that was here before');
    writeDurable(path, 'new', 0o600);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeDurable(path, Buffer.alloc(3_000_000, 7));
    expect(readFileSync(path).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
    expect(readdirSync(folder)).toEqual(['key']);
  });

  it('has its permissions whatever the umask of who writes it', () => {
    const path = join(folder, 'key');
    const before = process.umask(0o077);
    try {
      writeDurable(path, 'new', 0o640);
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('stays the old one when the new one cannot be written', () => {
    expect(() => writeDurable(join(folder, 'no', 'such'), 'x')).toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual(['key']);
  });
});
