// A program for a box that says rightly what it is, and ends with an error whenever it is to run: a release that is signed,
// whole and for this processor, and cannot work. A few instructions of machine code, so that no compiler is needed.
import type { Architecture } from '../../provisioning/release-list.ts';

/** Where it is loaded to; the whole file is one segment. */
const address = 0x40_0000;
const headBytes = 64 + 56;
/** `program version --json`: whoever gives more wants it to run. */
const wordsToSpeak = 3;

/** @param says what it prints when it is asked for its version @returns an ELF executable */
export function frailProgram(architecture: Architecture, says: string): Buffer {
  const text = Buffer.from(`${says}\n`);
  const code = architecture === 'x64' ? codeOfX64(text.length) : codeOfArm64(text.length);
  const bytes = headBytes + code.length + text.length;
  return Buffer.concat([headOf(architecture, bytes), code, text]);
}

/** ELF-64 header and one program header (System V ABI, gABI 4.1, chapters 4 and 5). */
function headOf(architecture: Architecture, bytes: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(2, 16); // ET_EXEC
  head.writeUInt16LE(architecture === 'x64' ? 62 : 183, 18); // EM_X86_64, EM_AARCH64
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(address + headBytes), 24); // e_entry
  head.writeBigUInt64LE(64n, 32); // e_phoff
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(1, 64); // PT_LOAD
  head.writeUInt32LE(5, 68); // read, execute
  head.writeBigUInt64LE(BigInt(address), 80);
  head.writeBigUInt64LE(BigInt(address), 88);
  head.writeBigUInt64LE(BigInt(bytes), 96);
  head.writeBigUInt64LE(BigInt(bytes), 104);
  head.writeBigUInt64LE(0x1_0000n, 112);
  return head;
}

/** argc is on top of the stack; write is call 1 and exit 60. */
function codeOfX64(textBytes: number): Buffer {
  const fail = [0xb8, ...u32(60), 0xbf, ...u32(1), 0x0f, 0x05];
  const leave = [0xb8, ...u32(60), 0x31, 0xff, 0x0f, 0x05];
  const rest = [0xba, ...u32(textBytes), 0x0f, 0x05, ...leave];
  const say = [
    0xb8,
    ...u32(1),
    0xbf,
    ...u32(1),
    0x48,
    0x8d,
    0x35,
    ...u32(rest.length + fail.length),
    ...rest,
  ];
  // mov rdi,[rsp]; cmp rdi,3; jne fail
  return Buffer.from([
    0x48,
    0x8b,
    0x3c,
    0x24,
    0x48,
    0x83,
    0xff,
    wordsToSpeak,
    0x75,
    say.length,
    ...say,
    ...fail,
  ]);
}

/** The same: write is call 64 and exit 93. */
function codeOfArm64(textBytes: number): Buffer {
  const move = (register: number, value: number) => (0xd2800000 | (value << 5) | register) >>> 0;
  const call = (number: number) => [move(8, number), 0xd4000001];
  const fail = [move(0, 1), ...call(93)];
  const rest = [move(2, textBytes), ...call(64), move(0, 0), ...call(93)];
  // adr x1: the text comes after what is left, in words of four bytes.
  const say = [move(0, 1), (0x10000001 | ((rest.length + fail.length + 1) << 5)) >>> 0, ...rest];
  // ldr x0,[sp]; cmp x0,#3; b.ne fail
  const compare = (0xf100001f | (wordsToSpeak << 10)) >>> 0;
  const unequal = (0x54000001 | ((say.length + 1) << 5)) >>> 0;
  return Buffer.concat([0xf94003e0, compare, unequal, ...say, ...fail].map((word) => Buffer.from(u32(word))));
}

function u32(value: number): number[] {
  return [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 0xff);
}
