// The machine that an image is booted in, as arguments of QEMU. Two networks, as a box between tills and the world has them:
// "lan", where a port of this machine leads to the tills' interface, and "uplink", where central is and which can be cut.
import { accessSync, constants } from 'node:fs';
import type { Architecture } from '../package/compile.ts';
import type { ImageFiles } from './image-files.ts';

export interface MachineOptions {
  architecture: Architecture;
  image: Pick<ImageFiles, 'kernel' | 'initramfs'>;
  /** The box's own, which is written. */
  disk: string;
  /** On 127.0.0.1 of this machine: HTTPS for tills. */
  kioskPort: number;
  /** Whether the processor runs the guest itself. */
  accelerated: boolean;
  /** What QEMU itself is told through: a socket that is made. */
  control: string | null;
  /** QEMU's -serial. */
  console: 'stdio' | 'mon:stdio';
  memoryMebibytes: number;
}

/** This machine as guests see it. */
export const hostAddress = '10.0.2.2';
/** Where tills are answered in the box. */
const lanPort = 443;

const machines = {
  x64: {
    program: 'qemu-system-x86_64',
    machine: 'q35',
    emulated: 'Nehalem',
    console: 'ttyS0',
    debian: 'qemu-system-x86 seabios ipxe-qemu',
  },
  arm64: {
    program: 'qemu-system-aarch64',
    machine: 'virt',
    emulated: 'cortex-a72',
    console: 'ttyAMA0',
    debian: 'qemu-system-arm ipxe-qemu',
  },
} as const;

/** The program that runs a guest, and the Debian packages that have it. */
export function emulatorFor(architecture: Architecture): { program: string; debian: string } {
  return machines[architecture];
}

/** KVM runs guests of the machine's own kind, for who may open it. */
export function canAccelerate(architecture: Architecture): boolean {
  if (process.arch !== architecture) return false;
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function machineArguments(options: MachineOptions): string[] {
  const { architecture, image, disk, kioskPort, accelerated, control, memoryMebibytes } = options;
  const { machine, emulated, console } = machines[architecture];
  const kernelLine = [
    'root=/dev/vda2 ro',
    `console=${console} quiet loglevel=3 systemd.show_status=false`,
    // Nobody is there to answer whether a file system may be mended.
    'fsck.repair=yes panic=10',
  ];
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-machine', machine, '-smp', '2', '-m', String(memoryMebibytes), '-rtc', 'base=utc'],
    ...(accelerated ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', emulated]),
    ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', kernelLine.join(' ')],
    ...['-drive', `file=${disk},format=raw,if=none,id=disk`, '-device', 'virtio-blk-pci,drive=disk'],
    ...['-device', 'virtio-rng-pci'],
    // Closed: nothing but the port leads in, and nothing leads out.
    '-netdev',
    `user,id=lan-net,net=10.0.3.0/24,restrict=on,hostfwd=tcp:127.0.0.1:${kioskPort}-:${lanPort}`,
    ...['-device', 'virtio-net-pci,id=lan,netdev=lan-net,romfile='],
    ...['-netdev', 'user,id=uplink-net', '-device', 'virtio-net-pci,id=uplink,netdev=uplink-net,romfile='],
    ...['-serial', options.console],
    ...(control === null ? [] : ['-qmp', `unix:${control},server=on,wait=off`]),
  ];
}
