// What a machine says of itself: the kernel's own texts read right, and silence where there is none.
import { describe, expect, it } from 'vitest';
import { lookAtMachine, readLoad, readMemoryFree, readWritten } from './look-at-machine.ts';

describe('the kernel’s files', () => {
  it('give the load of a minute in hundredths', () => {
    expect(readLoad('0.52 0.58 0.59 1/467 12345\n')).toBe(52);
    expect(readLoad('')).toBeNull();
  });

  it('give what memory is free for whoever asks', () => {
    expect(readMemoryFree('MemTotal: 1000 kB\nMemFree:   10 kB\nMemAvailable:     700 kB\n')).toBe(716_800);
    expect(readMemoryFree('MemTotal: 1000 kB\n')).toBeNull();
  });

  it.each([
    ['a partition', 0xb302, '179 2 mmcblk0p2 120 4 900 30 80 7 4096 50 0 60 80\n', 4096 * 512],
    ['another disk', 0xb302, '8 0 sda 120 4 900 30 80 7 4096 50 0 60 80\n', null],
    ['a minor above 255', 0x10100305, '3 65797 hda9 1 1 1 1 1 1 10 1 0 1 1\n', 5120],
    ['nothing', 0xb302, '', null],
  ])('give what was written to the disk of %s', (_, device, text, expected) => {
    expect(readWritten(text, device)).toBe(expected);
  });

  it('are looked at on this machine within the shapes of a report', () => {
    const machine = lookAtMachine(import.meta.dirname);
    expect(machine.memoryFreeBytes).toBeGreaterThan(0);
    expect(machine.diskTotalBytes).toBeGreaterThanOrEqual(machine.diskFreeBytes ?? Number.NaN);
    expect(Object.values(machine).every((value) => value === null || Number.isInteger(value))).toBe(true);
  });
});
