// Watches the bytes of one MQTT connection for a packet longer than allowed, before anybody has gathered it in memory.

/**
 * Feeds on chunks as they are read; true once a packet announces more than `bytesMax`.
 * The fixed header is one byte of type, then the remaining length in at most four bytes of seven bits [MQTT-2.2.3].
 */
export function createPacketMeter(bytesMax: number): (chunk: Buffer) => boolean {
  const state = { at: 'type' as 'type' | 'length' | 'body', remaining: 0, shift: 0, tooLong: false };

  const lengthByte = (byte: number) => {
    state.remaining += (byte & 0x7f) * 2 ** state.shift;
    state.shift += 7;
    const more = (byte & 0x80) !== 0;
    state.tooLong = state.remaining > bytesMax || (more && state.shift > 21);
    if (!more) state.at = state.remaining === 0 ? 'type' : 'body';
  };

  /** Takes what belongs together from `at`; answers where the next part begins. */
  const step = (chunk: Buffer, at: number): number => {
    switch (state.at) {
      case 'type':
        Object.assign(state, { at: 'length', remaining: 0, shift: 0 });
        return at + 1;
      case 'length':
        lengthByte(chunk[at] ?? 0);
        return at + 1;
      case 'body': {
        const taken = Math.min(state.remaining, chunk.length - at);
        state.remaining -= taken;
        if (state.remaining === 0) state.at = 'type';
        return at + taken;
      }
    }
  };

  return (chunk) => {
    for (let at = 0; at < chunk.length && !state.tooLong; ) at = step(chunk, at);
    return state.tooLong;
  };
}
