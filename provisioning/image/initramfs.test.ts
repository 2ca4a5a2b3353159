// In which order an initramfs loads modules, by what depmod writes.
import { describe, expect, it } from 'vitest';
import { loadOrder } from './initramfs.ts';

const modulesDep = `kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko kernel/fs/mbcache.ko kernel/fs/jbd2/jbd2.ko
kernel/fs/jbd2/jbd2.ko:
kernel/fs/mbcache.ko:
kernel/lib/crc16.ko:
kernel/drivers/block/virtio_blk.ko:
kernel/drivers/block/not_virtio_blk.ko:
`;

describe('the modules of an initramfs', () => {
  it('come after what they need', () => {
    expect(loadOrder(modulesDep, ['ext4'])).toEqual([
      'kernel/fs/jbd2/jbd2.ko',
      'kernel/fs/mbcache.ko',
      'kernel/lib/crc16.ko',
      'kernel/fs/ext4/ext4.ko',
    ]);
  });

  it('come once, and not at all where the kernel has them built in', () => {
    const order = loadOrder(modulesDep, ['virtio_pci', 'virtio_blk', 'ext4', 'jbd2']);
    expect(order.filter((path) => path.endsWith('/jbd2.ko'))).toHaveLength(1);
    expect(order[0]).toBe('kernel/drivers/block/virtio_blk.ko');
    expect(order).toHaveLength(5);
  });
});
