import { expect, it } from 'vitest';
import { bundleOf, ImageConfig } from './bundle.ts';

const image = ImageConfig.parse({
  User: '65532:65532',
  Env: ['A=b'],
  Entrypoint: ['/usr/bin/holdfast'],
  Cmd: ['run'],
  Volumes: { '/etc/holdfast': {}, '/var/lib/holdfast': {} },
  StopSignal: 'SIGTERM',
  Healthcheck: { Test: ['CMD', '/usr/bin/holdfast', 'health'], Retries: 3 },
});
const volumes = { '/etc/holdfast': '/here/etc', '/var/lib/holdfast': '/here/data' };

it('starts what the image says, as its user, on files that cannot be written, with no right left', () => {
  expect(bundleOf(image, '/unpacked', volumes)).toMatchObject({
    process: {
      user: { uid: 65_532, gid: 65_532 },
      args: ['/usr/bin/holdfast', 'run'],
      env: ['A=b'],
      capabilities: { bounding: [], effective: [], permitted: [] },
      noNewPrivileges: true,
    },
    root: { path: '/unpacked', readonly: true },
  });
});

it('mounts every volume of the image, and lets no code run from one', () => {
  const { mounts } = bundleOf(image, '/unpacked', volumes) as { mounts: Record<string, unknown>[] };
  expect(mounts).toContainEqual({
    destination: '/var/lib/holdfast',
    type: 'bind',
    source: '/here/data',
    options: ['bind', 'rw', 'nosuid', 'nodev', 'noexec'],
  });
  expect(() => bundleOf(image, '/unpacked', { '/etc/holdfast': '/here/etc' })).toThrow('/var/lib/holdfast');
});

it.each(['root', '', 'holdfast', '65532'])('takes no user but by numbers: "%s"', (User) => {
  expect(ImageConfig.safeParse({ ...image, User }).success).toBe(false);
});
