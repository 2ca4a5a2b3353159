// A bounded memory of what was looked up lately: two halves, of which the older is dropped when the newer is full.
export interface Recent<K, T> {
  get(key: K): T | undefined;
  set(key: K, value: T): void;
  clear(): void;
}

/** Remembers between half and all of `itemsMax` values. */
export function createRecent<K, T>(itemsMax: number): Recent<K, T> {
  let newer = new Map<K, T>();
  let older = new Map<K, T>();
  const recent: Recent<K, T> = {
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
