// How much is in work: beyond a bound the broker has to wait, so that a fleet coming back at once fits into memory.

export interface Load {
  /** Counts the bytes until the work is done; resolves when there is room for more. */
  carry(bytes: number, work: Promise<void>): Promise<void>;
  /** Resolves when nothing is in work. */
  idle(): Promise<void>;
}

export function createLoad(bytesMax: number): Load {
  const inWork = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  const state = { bytes: 0 };

  return {
    async carry(bytes, work) {
      state.bytes += bytes;
      const done = work.finally(() => {
        inWork.delete(done);
        state.bytes -= bytes;
        if (state.bytes <= bytesMax) for (const resume of waiting.splice(0)) resume();
      });
      inWork.add(done);
      while (state.bytes > bytesMax) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    async idle() {
      while (inWork.size > 0) await Promise.all(inWork);
    },
  };
}
