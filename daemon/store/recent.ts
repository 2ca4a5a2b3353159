// A bounded memory of what was looked up lately: two halves, of which the older is dropped when the newer is full.
export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  clear(): void;
}

/** Remembers between half and all of `itemsMax` values. */
export function createRecent<T>(itemsMax: number): Recent<T> {
  let newer = new Map<string, T>();
  let older = new Map<string, T>();
  const recent: Recent<T> = {
    get(key) {
      const value = newer.get(key);
      if (value !== undefined) return value;
      const before = older.get(key);
      if (before !== undefined) recent.set(key, before);
      return before;
    },
    set(key, value) {
      if (newer.size * 2 >= itemsMax) {
        older = newer;
        newer = new Map();
      }
      newer.set(key, value);
    },
    clear() {
      newer = new Map();
      older = new Map();
    },
  };
  return recent;
}
