// What an OCI runtime is told of one container (https://github.com/opencontainers/runtime-spec, config.md): the image's own
// words, and what an engine takes away for --read-only, --cap-drop all and no-new-privileges. Pure.
import * as z from 'zod';

/** The configuration of an image, as an archive of `docker save` has it. */
export const ImageConfig = z.object({
  User: z.string().regex(/^\d+:\d+$/, { error: 'a number for user and group' }),
  Env: z.array(z.string()),
  Entrypoint: z.array(z.string()).min(1),
  Cmd: z.array(z.string()),
  Volumes: z.record(z.string(), z.unknown()),
  StopSignal: z.literal('SIGTERM'),
  Healthcheck: z.object({ Test: z.tuple([z.literal('CMD')], z.string()), Retries: z.int().min(1) }),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

export interface Owner {
  uid: number;
  gid: number;
}

export function ownerIn({ User }: ImageConfig): Owner {
  const [uid = 0, gid = 0] = User.split(':').map(Number);
  return { uid, gid };
}

/** @param volumes each volume of the image, by its path inside, with its folder here */
export function bundleOf(
  image: ImageConfig,
  rootfs: string,
  volumes: Readonly<Record<string, string>>,
): object {
  const missing = Object.keys(image.Volumes).filter((path) => volumes[path] === undefined);
  if (missing.length > 0) throw new Error(`nothing is mounted at ${missing.join(', ')}`);
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: ownerIn(image),
      args: [...image.Entrypoint, ...image.Cmd],
      env: image.Env,
      cwd: '/',
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      noNewPrivileges: true,
    },
    root: { path: rootfs, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
      // An engine brings both: names of this machine, and where other names are asked for.
      ...['/etc/hosts', '/etc/resolv.conf'].map((path) => bind(path, path, 'ro')),
      // Nothing in a volume has to run.
      ...Object.entries(volumes).map(([path, folder]) => bind(path, folder, 'rw')),
    ],
    linux: {
      // The network is this machine's: kiosk and central of the trial are on its loopback.
      namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}

function bind(destination: string, source: string, mode: 'ro' | 'rw'): object {
  return {
    destination,
    type: 'bind',
    source,
    options: ['bind', mode, 'nosuid', 'nodev', 'noexec'],
  };
}
