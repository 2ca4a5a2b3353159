// How the appliance is, in the one line that `systemctl status` shows.
import { unreachable } from '../kit/assert.ts';
import type { StoreStatus } from './store/commands.ts';

type Known = Pick<StoreStatus, 'link' | 'journal' | 'catalogue' | 'policy' | 'conditions'>;

/** As "selling, link up, 0 unreceived"; what needs a person follows by its code. */
export function serviceLine({ link, journal, catalogue, policy, conditions }: Known): string {
  const codes = conditions.map(({ code }) => code);
  return [
    sellingWords(catalogue.version > 0 && policy.version > 0, codes.includes('journal_full')),
    linkWords(link.kind),
    `${journal.pending} unreceived`,
    ...codes,
  ].join(', ');
}

function sellingWords(fed: boolean, full: boolean): string {
  if (full) return 'no new checkouts';
  return fed ? 'selling' : 'waiting for a catalogue and a policy';
}

function linkWords(kind: Known['link']['kind']): string {
  switch (kind) {
    case 'online':
      return 'link up';
    case 'connecting':
      return 'link coming up';
    case 'offline':
      return 'link down';
    case 'refused':
      return 'refused by central';
    default:
      return unreachable(kind);
  }
}
