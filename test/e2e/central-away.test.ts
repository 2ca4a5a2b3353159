// I9: central away does not slow a checkout. Shown without a clock: behind the link there is only somebody who takes a
// connection and never says a word. Every checkout is answered while the appliance's one attempt still hangs there, and
// the whole rush causes neither another attempt nor a byte. An answer that waited for the link would never come.
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks, type Told } from '../faults/model.ts';
import { newFolder, openShop, sell, statusOf } from './shop.ts';

const sales = 300;

it('answers every checkout while central is stopped and the link says nothing', async () => {
  const folder = newFolder();
  let site = await openShop(folder);
  const silence = await openSilence(site.link);
  try {
    await site.central.stop();
    await silence.listen();
    const told: Told[] = [];
    let hung: Hanging;
    // The appliance gives an attempt up after seconds. A rush that this cut in two proves nothing: another one.
    do {
      hung = await silence.nextAttempt();
      const before = silence.counts();
      told.push(...(await sell(site, sales, told.length)));
      if (hung.open()) expect(silence.counts()).toEqual(before);
    } while (!hung.open());
    expect((await statusOf(site)).journal).toMatchObject({ receivedThrough: 0, pending: told.length });

    await site.stop();
    expect(readFileSync(site.appliance.logFile, 'utf8')).not.toContain('could not stop in order');
    await silence.close();
    site = await openShop(folder);
    await untilSettled(site);
    await site.stop();
    expect(checkBooks(folder, told).wrongs).toEqual([]);
  } finally {
    await silence.close();
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

interface Hanging {
  open(): boolean;
}

/** Takes the link's place: its port stays the same, and whoever calls hears nothing. */
async function openSilence(link: { port: number; close(): Promise<void> }) {
  const sockets: { socket: Socket; heard: boolean }[] = [];
  const server = createServer((socket) => {
    const attempt = { socket, heard: false };
    sockets.push(attempt);
    socket.on('error', () => {});
    socket.on('data', () => {
      attempt.heard = true;
    });
  });
  const isOpen = ({ socket }: { socket: Socket }) => !socket.destroyed && !socket.readableEnded;
  return {
    async listen() {
      await link.close();
      await new Promise<void>((resolve) => server.listen(link.port, '127.0.0.1', resolve));
    },
    /** An attempt that has said its greeting and waits for ours. */
    async nextAttempt(): Promise<Hanging> {
      for (;;) {
        const attempt = sockets.at(-1);
        if (attempt?.heard && isOpen(attempt)) return { open: () => isOpen(attempt) };
        await sleep(10);
      }
    },
    counts: () => ({
      attempts: sockets.length,
      bytes: sockets.reduce((sum, { socket }) => sum + socket.bytesRead, 0),
    }),
    close(): Promise<void> {
      for (const { socket } of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
