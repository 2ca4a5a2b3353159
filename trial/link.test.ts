import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts, type Link, openLink } from './link.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that says everything back, behind a link. */
async function echoBehindLink(): Promise<Link> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const address = server.address();
  const link = await openLink({
    port: 0,
    targetPort: typeof address === 'object' && address ? address.port : 0,
  });
  closers.push(() => link.close());
  return link;
}

async function call(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** However it ends: a reset is an end too. */
function ended(socket: Socket): Promise<'nothing'> {
  return new Promise((resolve) => socket.once('close', () => resolve('nothing')));
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = await once(socket, 'data');
  return String(data);
}

describe('the link', () => {
  it('carries both ways while it is whole', async () => {
    const link = await echoBehindLink();
    expect(await echo(await call(link.port), 'hello')).toBe('hello');
    expect(link.state()).toBe('up');
  });

  it('breaks every connection when it is cut, lets none through, and carries again when restored', async () => {
    const link = await echoBehindLink();
    const before = await call(link.port);
    await echo(before, 'hello');
    const broken = ended(before);
    link.cut();
    await broken;

    const during = connect({ port: link.port, host: '127.0.0.1' });
    during.on('error', () => {});
    during.write('anybody there?');
    const heard = new Promise((resolve) => during.once('data', resolve));
    expect(await Promise.race([heard, ended(during)])).toBe('nothing');

    link.restore();
    expect(await echo(await call(link.port), 'again')).toBe('again');
  });

  it('closes a connection whose other end is not there', async () => {
    const [nobody = 0] = await freePorts(1);
    const link = await openLink({ port: 0, targetPort: nobody });
    closers.push(() => link.close());
    const socket = connect({ port: link.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    await ended(socket);
  });

  it('says when its port is taken', async () => {
    const link = await echoBehindLink();
    await expect(openLink({ port: link.port, targetPort: 1 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('gives different free ports below the ephemeral range', async () => {
    const ports = await freePorts(8);
    expect(new Set(ports).size).toBe(8);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });
});
