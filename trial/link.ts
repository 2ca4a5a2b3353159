// The link between the appliance and central, as a TCP proxy on loopback that can be cut and restored.
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Link {
  /** Where the appliance connects. */
  port: number;
  state(): 'up' | 'cut';
  /** Breaks every connection and lets none through. */
  cut(): void;
  restore(): void;
  /** What the appliance has sent so far, TLS and all. */
  bytesUp(): number;
  close(): Promise<void>;
}

/**
 * Listens on `port` of loopback (0 for any) and passes everything on to `targetPort` of loopback.
 * Rejects with EADDRINUSE when the port is taken.
 */
export async function openLink(options: { port: number; targetPort: number }): Promise<Link> {
  let state: 'up' | 'cut' = 'up';
  const sockets = new Set<Socket>();
  const nearSockets = new Set<Socket>();
  let closedBytesUp = 0;
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };

  const server = createServer({ noDelay: true }, (near) => {
    // The port stays ours while the link is cut; a reset is as good as a refusal to whoever calls.
    if (state === 'cut') {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: options.targetPort, host: '127.0.0.1', noDelay: true });
    track(near);
    track(far);
    nearSockets.add(near);
    near.on('close', () => {
      nearSockets.delete(near);
      closedBytesUp += near.bytesRead;
    });
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await listen(server, options.port);
  const address = server.address();
  const breakAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };

  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    state: () => state,
    cut() {
      state = 'cut';
      breakAll();
    },
    restore() {
      state = 'up';
    },
    bytesUp: () => [...nearSockets].reduce((sum, { bytesRead }) => sum + bytesRead, closedBytesUp),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      breakAll();
      return closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Different ports of loopback that nobody holds at the moment, below the ephemeral range: from there the system hands
 * out the near ends of connections, and a client that calls a server not yet started again could meet itself.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    if (await listen(server, port).then(always(true), always(false))) held.set(port, server);
  }
  for (const server of held.values()) await new Promise((resolve) => server.close(resolve));
  return [...held.keys()];
}

function always<T>(value: T): () => T {
  return () => value;
}
