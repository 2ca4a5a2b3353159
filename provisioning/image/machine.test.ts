// What of a guest is open, and that the console is where its kernel writes.
import { describe, expect, it } from 'vitest';
import { machineArguments } from './machine.ts';

const options = {
  image: { kernel: 'vmlinuz', initramfs: 'initrd.gz' },
  disk: 'box.img',
  kioskPort: 9443,
  accelerated: false,
  control: null,
  console: 'stdio',
  memoryMebibytes: 1024,
} as const;

describe.each(['x64', 'arm64'] as const)('the machine for %s', (architecture) => {
  const line = machineArguments({ architecture, ...options });

  it("lets this machine alone in, to the tills' port", () => {
    const networks = line.filter((_, at) => line[at - 1] === '-netdev');
    const leadingIn = networks.filter((network) => network.includes('hostfwd'));
    expect(leadingIn).toEqual([expect.stringMatching(/restrict=on,hostfwd=tcp:127\.0\.0\.1:9443-:443$/)]);
  });

  it('has a cable to central of its own, that can be pulled', () => {
    expect(line).toContain('virtio-net-pci,id=uplink,netdev=uplink-net,romfile=');
  });

  it('mounts the root read-only', () => {
    expect(line[line.indexOf('-append') + 1]).toMatch(/^root=\/dev\/vda2 ro /);
  });

  it('runs on the processor itself where it may', () => {
    expect(line).toContain('tcg,thread=multi');
    expect(machineArguments({ architecture, ...options, accelerated: true })).toContain('kvm');
  });
});
