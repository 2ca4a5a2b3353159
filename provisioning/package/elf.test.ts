import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { architectureOf } from './elf.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-elf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(head: number[]): string {
  const file = join(folder, 'program');
  writeFileSync(file, Buffer.from([...head, ...Array<number>(64).fill(0)]));
  return file;
}
const elf = (bits: number, machine: number) =>
  fileOf([0x7f, 0x45, 0x4c, 0x46, bits, 1, ...Array<number>(12).fill(0), machine]);

describe('the processor of an executable', () => {
  it('is what this Node is for', () => {
    expect(architectureOf(process.execPath)).toBe(process.arch);
  });

  it.each([
    ['x64', elf, 2, 0x3e],
    ['arm64', elf, 2, 0xb7],
    [null, elf, 2, 0x28],
    [null, elf, 1, 0x3e],
  ] as const)('is %s', (architecture, make, bits, machine) => {
    expect(architectureOf(make(bits, machine))).toBe(architecture);
  });

  it('is none of a script, or of a file that ends too soon', () => {
    expect(architectureOf(fileOf([...Buffer.from('#!/bin/sh\n')]))).toBeNull();
    writeFileSync(join(folder, 'short'), '\x7fELF');
    expect(architectureOf(join(folder, 'short'))).toBeNull();
  });
});
