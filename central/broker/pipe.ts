// What the rest of central knows of MQTT: payloads by topic, at least once while connected, nothing remembered.
export interface Pipe {
  /** Publishes at QoS 1 while connected; false when there is no link (both logs know how to send again). */
  publish(topic: string, payload: Uint8Array): boolean;
  close(): Promise<void>;
}

export interface PipeEvents {
  /** One payload; the next ones wait until the promise settles, so that memory stays bounded. */
  onPayload(topic: string, payload: Buffer): Promise<void>;
}
