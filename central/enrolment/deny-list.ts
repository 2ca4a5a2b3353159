// Who is not let in, in memory: asked at every connection, every hello and every EST request, and loaded anew whenever
// somebody may have changed it.
import type { DenyEntries } from './port.ts';

export type Denial = 'revoked' | 'replaced' | 'retired' | 'superseded' | 'key_compromise' | 'cessation';

export interface DenyList {
  /** Why this appliance may not come with this certificate; null when it may. @param serial lower-case hex */
  judge(applianceId: string, serial: string): Denial | null;
  /** Why this appliance may not come with any certificate. */
  judgeAppliance(applianceId: string): Denial | null;
  /** Of an appliance that was let in again a certificate counts from the moment it is issued, and not from the next look. */
  issued(applianceId: string, serial: string): void;
  /** Takes over what the store says now. */
  take(entries: DenyEntries): void;
}

export function createDenyList(): DenyList {
  const state = {
    appliances: new Map<string, DenyEntries['appliances'][number]>(),
    serials: new Map<string, Denial>(),
  };
  return {
    judge(applianceId, serial) {
      const byName = state.appliances.get(applianceId);
      if (byName && !byName.onlySerials?.includes(serial)) return byName.kind;
      return state.serials.get(serial) ?? null;
    },
    judgeAppliance(applianceId) {
      const byName = state.appliances.get(applianceId);
      return byName && byName.onlySerials === null ? byName.kind : null;
    },
    issued(applianceId, serial) {
      state.appliances.get(applianceId)?.onlySerials?.push(serial);
    },
    take({ appliances, certificates }) {
      state.appliances = new Map(appliances.map((one) => [one.applianceId, one]));
      state.serials = new Map(certificates.map(({ serial, reason }) => [serial, reason]));
    },
  };
}
