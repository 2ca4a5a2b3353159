// `hot-list add|remove`: a card is no longer taken at any site, or is again.
import type { Command } from 'commander';
import { Text } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { isCardNumber } from '../card-number.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { byCommand } from '../people/actor.ts';
import { databaseCommand } from './command.ts';
import { withStore } from './open-store.ts';

const Fingerprint = Text(64);

const words = {
  add: {
    does: 'stop taking cards, at every site',
    changed: 'is on the hot list of every site',
    unchanged: 'was on the hot list already',
  },
  remove: {
    does: 'take cards again',
    changed: 'is taken again at every site',
    unchanged: 'was not on the hot list',
  },
};

export function hotListChange(change: 'add' | 'remove'): Command {
  return databaseCommand(
    {
      name: change,
      description: words[change].does,
      arguments: [['<fingerprint...>', "the processor's fingerprint of a card, never its number"]],
      examples: [`hot-list ${change} fp_7Kq2 --config central.toml`],
    },
    (dataFolder, _: object, fingerprints: string[]) => {
      for (const one of fingerprints) refuseUnusable(one);
      const changed = changeAll(dataFolder, fingerprints, change);
      const lines = fingerprints.map(
        (one) => `${one} ${words[change][changed.includes(one) ? 'changed' : 'unchanged']}`,
      );
      const unchanged = fingerprints.filter((one) => !changed.includes(one));
      return { result: { changed, unchanged }, words: lines.join('\n') };
    },
  );
}

/**
 * Whoever types a card number has not read what a fingerprint is (I11).
 * @throws CommandError fingerprint_malformed; the text is not repeated
 */
function refuseUnusable(fingerprint: string): void {
  if (Fingerprint.safeParse(fingerprint).success && !isCardNumber(fingerprint)) return;
  const hint = 'Give the fingerprint of the processor, 1 to 64 characters, as in a checkout.';
  throw new CommandError('fingerprint_malformed', 'one of these is no fingerprint', hint);
}

/** @throws CommandError hot_list_full; nothing has changed then */
function changeAll(dataFolder: string, fingerprints: readonly string[], change: 'add' | 'remove'): string[] {
  const by = byCommand();
  return withStore(dataFolder, (store) => {
    store.ensurePolicy(defaultPolicy);
    return fingerprints.filter((fingerprint) => {
      const result = store.changeHotList({ fingerprint, change }, by);
      if (result.kind !== 'full') return result.kind === 'changed';
      const hint = 'Remove cards that have expired.';
      throw new CommandError('hot_list_full', `${limits.hotListFingerprintsMax} cards are on it`, hint);
    });
  });
}
