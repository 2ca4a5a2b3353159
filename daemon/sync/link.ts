// The link port: a pipe to central that is up or down. Nothing rests in it, and sending proves nothing.
import type { DownFrame, UpFrame } from '../../contract/topics.ts';
import type { IdentityError } from '../identity/error.ts';
import type { Dates, TimeKnown } from '../identity/server-time.ts';

export interface LinkEvents {
  /**
   * Connected, and subscribed to what central says.
   * @param borne central's certificates are out of their time by this box's clock, and believed only until its signed word
   */
  onUp(borne?: Borne | null): void;
  onDown(reason: string): void;
  /** TLS stood, and the other side ended the connection before it was up: it does not like who we are. */
  onRefused?(): void;
  onFrame(frame: DownFrame, payload: Buffer): void;
  /** Whoever answered is not believed to be central. */
  onDistrust?(error: IdentityError): void;
}

/** What central's word has to confirm. */
export interface Borne {
  dates: Dates;
  time: TimeKnown;
}

/** What the link proves who it is with, and whom it trusts; PEM. */
export interface LinkIdentity {
  keyPem: string;
  /** The appliance's own certificate, then the authority's above it. */
  certificatePem: string;
  /** The authority central's certificate must come from. */
  caPem: string;
  /** Sealed for one connection: what the broker says for us when it breaks off. */
  lastWill(): Buffer;
}

export interface Link {
  /** Keeps the link up from now on, as far as the world lets it. */
  start(events: LinkEvents): void;
  /** Hands a frame to the pipe; false when there is no link. True says only that it left. */
  send(frame: UpFrame, payload: Buffer): Promise<boolean>;
  /** Goes by another identity from now on: a connection that stands ends, and comes back with it. */
  renew(identity: LinkIdentity): void;
  /** Ends a connection that proved not to be central's; the next attempt is made as after any failure. */
  distrust(reason: string): void;
  stop(): Promise<void>;
}
