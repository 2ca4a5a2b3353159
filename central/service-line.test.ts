import { expect, it } from 'vitest';
import { proveStore, serviceLine } from './service-line.ts';

const failing = (message: string) => ({ selfCheck: () => Promise.reject(new Error(message)) });

it('takes a full disk for an answer, and nothing else that goes wrong', async () => {
  expect(await proveStore({ selfCheck: async () => true })).toBe('written');
  expect(await proveStore(failing('database or disk is full'))).toBe('disk_full');
  await expect(proveStore(failing('disk I/O error'))).rejects.toThrow('disk I/O error');
});

it.each([
  ['written', 0, 'taking entries, 0 appliances connected'],
  ['written', 1, 'taking entries, 1 appliance connected'],
  ['written', null, 'taking entries, by an external broker'],
  ['disk_full', 2, 'no room on the disk: entries wait at the appliances, 2 appliances connected'],
] as const)('with the store %s and %s connections it says "%s"', (store, connections, line) => {
  expect(serviceLine(store, connections)).toBe(line);
});
