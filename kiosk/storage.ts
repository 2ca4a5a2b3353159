// Where a kiosk keeps what it has sent until an answer came: each request with its id and its exact text.

/** A request as it is sent, and sent again: never rebuilt, so that a retry has the same key and the same bytes. */
export interface KeptRequest {
  id: string;
  /** The path below the appliance's base URL, such as /v1/checkouts. */
  path: string;
  body: string;
}

/** Where a kept request is a pairing and no document. */
export const pairingsPath = '/v1/pairings';

export interface KioskStorage {
  /** Resolves once the request would be found again after a reload (or a crash, where the storage promises it). */
  put(request: KeptRequest): Promise<void>;
  remove(id: string): Promise<void>;
  /** Everything kept, the oldest first. */
  all(): Promise<KeptRequest[]>;
}

/** Keeps requests as long as the program runs. */
export function memoryStorage(): KioskStorage {
  const kept = new Map<string, KeptRequest>();
  return {
    async put(request) {
      kept.set(request.id, request);
    },
    async remove(id) {
      kept.delete(id);
    },
    async all() {
      return inOrder([...kept.values()]);
    },
  };
}

/** The part of the Web Storage standard that is used; localStorage is one. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps requests in localStorage, one item each, so that two tabs of one kiosk never overwrite each other's. */
export function webStorage(storage: WebStorage, prefix = 'holdfast.unanswered.'): KioskStorage {
  return {
    async put(request) {
      storage.setItem(prefix + request.id, JSON.stringify(request));
    },
    async remove(id) {
      storage.removeItem(prefix + id);
    },
    async all() {
      const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
      const texts = keys.filter((key) => key?.startsWith(prefix)).map((key) => storage.getItem(key ?? ''));
      return inOrder(texts.map(parseKept).filter((request) => request !== null));
    },
  };
}

/** A kept request read back, or null when the text is none: a foreign or damaged item is passed over. */
export function parseKept(text: string | null): KeptRequest | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isKept(value) ? value : null;
  } catch {
    return null;
  }
}

function isKept(value: unknown): value is KeptRequest {
  const kept = value as Partial<Record<keyof KeptRequest, unknown>> | null;
  return (
    typeof kept === 'object' &&
    typeof kept?.id === 'string' &&
    typeof kept.path === 'string' &&
    typeof kept.body === 'string'
  );
}

/** By id, which is by the time they were made: a void must not overtake its checkout. */
export function inOrder(requests: KeptRequest[]): KeptRequest[] {
  return requests.sort((a, b) => (a.id < b.id ? -1 : 1));
}
