// The door: TLS 1.3 with a client certificate, judged by us, so that a refusal has a reason in the log.
import { createServer, type TLSSocket } from 'node:tls';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { checkApplianceCertificate, readAuthorities } from '../../provisioning/authority/check.ts';
import type { CentralIdentity } from '../../provisioning/identity.ts';

export interface DoorParts {
  identity: CentralIdentity;
  host: string;
  /** 0 for any. */
  port: number;
  connectionsMax: number;
  nowMs(): number;
  log: Log;
  /** A connection whose certificate names this appliance. */
  onAppliance(socket: TLSSocket, applianceId: string): void;
}

export interface Door {
  port: number;
  /** How many appliances are connected. */
  connections(): number;
  /** Who comes from now on sees this certificate and is judged by these authorities; who is there stays. */
  renew(identity: CentralIdentity): void;
  close(): Promise<void>;
}

const handshakeMsMax = 10_000;

/** Listens; resolves when it does. */
export async function openDoor(parts: DoorParts): Promise<Door> {
  const { log } = parts;
  let authorities = readAuthorities(parts.identity.caPem);
  const sockets = new Set<TLSSocket>();
  const server = createServer({
    ...secureContext(parts.identity),
    requestCert: true,
    // why false: a handshake refused by the library leaves nothing but ECONNRESET to read. The check is below.
    rejectUnauthorized: false,
    handshakeTimeout: handshakeMsMax,
    noDelay: true,
    // A box that lost its power says no goodbye.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  });
  server.maxConnections = parts.connectionsMax;

  const judge = (socket: TLSSocket): { applianceId: string } | { reason: string } => {
    const { raw } = socket.getPeerCertificate(false);
    if (!raw) return { reason: 'no_certificate' };
    const check = checkApplianceCertificate(raw, authorities, parts.nowMs());
    if (!check.ok) return { reason: check.reason };
    // The library's own opinion comes second, and both must agree.
    if (!socket.authorized) return { reason: String(socket.authorizationError) };
    return { applianceId: check.applianceId };
  };

  server.on('secureConnection', (socket) => {
    const judged = judge(socket);
    if ('reason' in judged) {
      log.warn({ reason: judged.reason, remote: socket.remoteAddress }, 'connection refused');
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    parts.onAppliance(socket, judged.applianceId);
  });
  server.on('tlsClientError', (error, socket) => {
    log.warn({ reason: error.message, remote: socket.remoteAddress }, 'handshake failed');
    socket.destroy();
  });

  const port = await listen(server, parts.port, parts.host);
  return {
    port,
    connections: () => sockets.size,
    renew(identity) {
      authorities = readAuthorities(identity.caPem);
      server.setSecureContext(secureContext(identity));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function secureContext(identity: CentralIdentity) {
  const { serverKeyPem: key, serverCertificatePem: cert, caPem: ca } = identity;
  return { key, cert, ca, minVersion: 'TLSv1.3' as const };
}
