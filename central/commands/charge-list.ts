// `charge list`: what is to be collected at processors, and where it stands.
import { type Command, Option } from 'commander';
import { type CollectionRow, type CollectionState, collectionStates } from '../charging/port.ts';
import { moneyWords } from '../money-words.ts';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

interface Options {
  state?: CollectionState;
  appliance?: string;
  limit: number;
  after?: number;
}

export function chargeList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show what is to be collected, in the order it was booked',
      options: [
        new Option('--state <state>', 'only these; held waits for a person').choices(collectionStates),
        new Option('--appliance <id>', 'only of this appliance'),
        countOption('--limit <count>', 'how many').default(50),
        countOption('--after <ref>', 'go on after this one'),
      ],
      examples: ['charge list --config central.toml', 'charge list --state held --config central.toml'],
    },
    (dataFolder, { state, appliance, limit, after }: Options) => {
      const filter = { state: state ?? null, applianceId: appliance ?? null, cursor: after ?? null, limit };
      const page = readStore(dataFolder, (store) => store.collections(filter));
      const lines = page.items.map(collectionWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --after ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'nothing is to be collected' : lines.join('\n') };
    },
  );
}

export function collectionWords(one: CollectionRow): string {
  const { ref, applianceId, checkoutId, currency, totalMinor, capturedMinor, refundedMinor, lostMinor } = one;
  const state = one.heldFor === null ? one.state : `${one.state} for ${one.heldFor}`;
  const words = (minor: number) => moneyWords(minor, currency);
  const money = [
    words(totalMinor),
    ...(capturedMinor > 0 ? [`${words(capturedMinor)} captured`] : []),
    ...(refundedMinor > 0 ? [`${words(refundedMinor)} given back`] : []),
    ...(lostMinor > 0 ? [`${words(lostMinor)} written off`] : []),
  ];
  return `${ref}  ${state}  ${applianceId} ${checkoutId}  ${money.join(', ')}`;
}
