// A small Debian of its own in a folder, in which packages are installed as on a box that has no systemd running.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Emulated, an installation takes minutes, and a base a quarter of an hour. */
const commandMsMax = 3_600_000;

export interface Said {
  status: number | null;
  output: string;
}

export interface RootOptions {
  /** A tar of the system, made when it is not there, which takes a minute and the network. */
  base: string;
  suite: string;
  /** As Debian names it. */
  processor: string;
}

export interface Root {
  folder: string;
  /** Runs a program inside, as root, with /proc and /dev while it runs. */
  run(command: readonly string[], environment?: Record<string, string>): Said;
}

/**
 * @throws Error with what mmdebstrap or tar said
 */
export function openRoot(folder: string, { base, suite, processor }: RootOptions): Root {
  if (!existsSync(base)) {
    must('mmdebstrap', '--variant=minbase', `--architectures=${processor}`, '--include=systemd', suite, base);
  }
  mkdirSync(folder, { recursive: true });
  must('tar', '--extract', '--file', base, '--directory', folder, '--numeric-owner', '--exclude=./dev/*');
  return { folder, run: (command, environment) => runIn(folder, command, environment) };
}

/**
 * The same system with a disk on which so much is free, until `makeRoom`: what is written lies there, and the system below, whose
 * folder is still named, stays as it was.
 * @param place a folder to be made
 */
export function onFullDisk(root: Root, place: string, freeMib: number): Root & { makeRoom(): void } {
  const [disk, layer, seen] = [join(place, 'disk.ext4'), join(place, 'layer'), join(place, 'root')];
  for (const path of [layer, seen]) mkdirSync(path, { recursive: true });
  must('truncate', `--size=${freeMib}M`, disk);
  // Without a journal and places for root alone, what is free can be used.
  must('mkfs.ext4', '-q', '-O', '^has_journal', '-m', '0', disk);
  const layers = `lowerdir=${root.folder},upperdir=${layer}/upper,workdir=${layer}/work`;
  const before = `mount -o loop ${disk} ${layer} && mkdir -p ${layer}/upper ${layer}/work && mount -t overlay overlay -o ${layers} ${seen}`;
  return {
    folder: root.folder,
    run: (command, environment) => runIn(seen, command, environment, before),
    makeRoom() {
      must('truncate', '--size=1G', disk);
      // It says with its exit code that there was something to put right, as on every disk that was not let go in order.
      said('e2fsck', ['-fy', disk], process.env);
      must('resize2fs', disk);
    },
  };
}

/** In a mount namespace of its own, so that nothing stays mounted however this ends. */
function runIn(folder: string, command: readonly string[], environment = {}, before = 'true'): Said {
  const inside = `${before} && mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"`;
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', inside, folder, ...command];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', ...environment };
  return said('unshare', args, env);
}

function must(program: string, ...args: string[]): void {
  const { status, output } = said(program, args, process.env);
  if (status !== 0) throw new Error(`${program}: ${output}`);
}

function said(program: string, args: string[], env: NodeJS.ProcessEnv): Said {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env,
    timeout: commandMsMax,
  });
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}
