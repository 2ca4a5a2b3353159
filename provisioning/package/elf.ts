// Which processor an executable is for, as its own head says (ELF-64 object file format, e_ident and e_machine).
import { closeSync, openSync, readSync } from 'node:fs';
import type { Architecture } from './compile.ts';

const headBytes = 20;
const machineAt = 18;
const machines: Record<number, Architecture> = { 62: 'x64', 183: 'arm64' };

/** @returns null for what is no 64-bit little-endian ELF file of a processor we know */
export function architectureOf(file: string): Architecture | null {
  const head = Buffer.alloc(headBytes);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, head, 0, headBytes, 0);
  } finally {
    closeSync(fd);
  }
  const isElf64 = head.subarray(0, 6).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]));
  return isElf64 ? (machines[head.readUInt16LE(machineAt)] ?? null) : null;
}
