// The door: TLS 1.3 with a client certificate, judged by us, so that a refusal has a reason in the log.
import { createServer, type TLSSocket } from 'node:tls';
import { listen } from '../../kit/listen.ts';
import type { Log } from '../../kit/log.ts';
import { checkApplianceCertificate, readAuthorities } from '../../provisioning/authority/check.ts';
import type { CentralIdentity } from '../../provisioning/identity.ts';
import type { DenyList } from '../enrolment/deny-list.ts';

export interface DoorParts {
  identity: CentralIdentity;
  host: string;
  /** 0 for any. */
  port: number;
  connectionsMax: number;
  nowMs(): number;
  log: Log;
  /** Who is no longer let in, whatever the certificate says. */
  denied: DenyList;
  /** A second connection of an appliance while the first still stands. */
  onTakeover(applianceId: string, address: string): void;
  /** A connection whose certificate names this appliance. */
  onAppliance(socket: TLSSocket, applianceId: string): void;
}

export interface Door {
  port: number;
  /** Closes what stands and is no longer let in: the deny list has changed. */
  closeDenied(): void;
  /** How many appliances are connected. */
  connections(): number;
  isConnected(applianceId: string): boolean;
  /** Who comes from now on sees this certificate and is judged by these authorities; who is there stays. */
  renew(identity: CentralIdentity): void;
  close(): Promise<void>;
}

/** Who stands behind a connection. */
interface Bearer {
  applianceId: string;
  serial: string;
}

const handshakeMsMax = 10_000;

/** Listens; resolves when it does. */
export async function openDoor(parts: DoorParts): Promise<Door> {
  const { denied, log } = parts;
  let authorities = readAuthorities(parts.identity.caPem);
  const sockets = new Map<TLSSocket, Bearer>();
  /** How many connections each appliance has. */
  const standing = new Map<string, number>();
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

  const judge = (socket: TLSSocket): Bearer | { reason: string } => {
    const { raw } = socket.getPeerCertificate(false);
    if (!raw) return { reason: 'no_certificate' };
    const check = checkApplianceCertificate(raw, authorities, parts.nowMs());
    if (!check.ok) return { reason: check.reason };
    const bearer = { applianceId: check.applianceId, serial: check.serial };
    const denial = denied.judge(bearer.applianceId, bearer.serial);
    if (denial !== null) return { reason: denial };
    // The library's own opinion comes second, and both must agree.
    if (!socket.authorized) return { reason: String(socket.authorizationError) };
    return bearer;
  };

  server.on('secureConnection', (socket) => {
    const judged = judge(socket);
    if ('reason' in judged) {
      log.warn({ reason: judged.reason, remote: socket.remoteAddress }, 'connection refused');
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    const { applianceId } = judged;
    const before = standing.get(applianceId) ?? 0;
    if (before > 0) parts.onTakeover(applianceId, socket.remoteAddress ?? 'unknown');
    sockets.set(socket, judged);
    standing.set(applianceId, before + 1);
    socket.on('close', () => {
      sockets.delete(socket);
      const left = (standing.get(applianceId) ?? 1) - 1;
      if (left === 0) standing.delete(applianceId);
      else standing.set(applianceId, left);
    });
    parts.onAppliance(socket, applianceId);
  });
  server.on('tlsClientError', (error, socket) => {
    log.warn({ reason: error.message, remote: socket.remoteAddress }, 'handshake failed');
    socket.destroy();
  });

  const port = await listen(server, parts.port, parts.host);
  return {
    port,
    connections: () => sockets.size,
    isConnected: (applianceId) => standing.has(applianceId),
    renew(identity) {
      authorities = readAuthorities(identity.caPem);
      server.setSecureContext(secureContext(identity));
    },
    closeDenied() {
      for (const [socket, { applianceId, serial }] of sockets) {
        const reason = denied.judge(applianceId, serial);
        if (reason === null) continue;
        log.warn({ applianceId, reason }, 'connection closed: no longer let in');
        socket.destroy();
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.keys()) socket.destroy();
      }),
  };
}

function secureContext(identity: CentralIdentity) {
  const { serverKeyPem: key, serverCertificatePem: cert, caPem: ca } = identity;
  return { key, cert, ca, minVersion: 'TLSv1.3' as const };
}
