// The slots on the disk: one small file that is either the old or the new one after any loss of power, and a folder a slot.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurable } from '../../kit/durable-file.ts';
import { noSlots, type Slot, Slots } from './slots.ts';

export interface SlotsFile {
  read(): Slots;
  write(slots: Slots): void;
  /** Where the program of a slot lies. */
  program(slot: Slot): string;
  /** The folder in which a release is put together. */
  fetching: string;
  /** The whole, verified file gets its place in the slot. */
  install(file: string, slot: Slot): void;
}

const fileName = 'slots.json';

export function openSlotsFile(folder: string): SlotsFile {
  const path = join(folder, fileName);
  const fetching = join(folder, 'fetching');
  const program = (slot: Slot) => join(folder, slot, 'holdfast');
  return {
    read() {
      if (!existsSync(path)) return noSlots;
      try {
        return Slots.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        // Whatever happened to it: the package's program is there, and sells.
        return noSlots;
      }
    },
    write(slots) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // A technician's command is root's; the service must read what it wrote.
      const { uid, gid } = statSync(folder);
      const owner = process.getuid?.() === 0 ? { uid, gid } : null;
      writeDurable(path, `${JSON.stringify(slots)}\n`, 0o600, owner);
    },
    program,
    fetching,
    install(file, slot) {
      mkdirSync(join(folder, slot), { recursive: true, mode: 0o700 });
      renameSync(file, program(slot));
      syncFolder(join(folder, slot));
      syncFolder(folder);
    },
  };
}
