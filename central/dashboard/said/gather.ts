// However much changes at once, a screen reads again once, a while after the first of it.

export interface Gathered {
  /** Calls a while later, however often it is asked for until then. */
  soon(): void;
  /** Calls no more for what it was asked until now. */
  forget(): void;
}

export function gather(call: () => void, delayMs: number): Gathered {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = null;
        call();
      }, delayMs);
    },
    forget() {
      if (timer !== null) clearTimeout(timer);
      // Or nothing that changes later would be called for again.
      timer = null;
    },
  };
}
