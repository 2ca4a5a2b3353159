// `charge show`: one checkout's money, with every call to a processor and everything that was said about it.
import type { Command } from 'commander';
import type { AttemptView } from '../charging/port.ts';
import { CommandError } from '../errors.ts';
import { moneyWords } from '../money-words.ts';
import { collectionWords } from './charge-list.ts';
import { databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';

export function chargeShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show what was done at processors for one checkout',
      arguments: [
        ['<appliance>', 'the appliance that sold it'],
        ['<checkout>', 'its id'],
      ],
      examples: ['charge show box-1 01994f5c-9b34-7a11-8a3e-000000000001 --config central.toml'],
    },
    (dataFolder, _: object, applianceId: string, checkoutId: string) => {
      const one = readStore(dataFolder, (store) => store.collection({ applianceId, checkoutId }));
      if (one === null) {
        const hint = 'See charge list; what was sold before there was a processor is not collected.';
        throw new CommandError('collection_unknown', `nothing is collected for ${checkoutId}`, hint);
      }
      const refunds = one.paybacks.map(
        ({ documentId, amountMinor, state }) =>
          `  refund ${documentId}: ${moneyWords(amountMinor, one.currency)}, ${state}`,
      );
      const lines = [collectionWords(one), ...refunds, ...one.attempts.flatMap(attemptWords)];
      return { result: one, words: lines.join('\n') };
    },
  );
}

function attemptWords(attempt: AttemptView): string[] {
  const { reference, processor, state, code, chargeId, refundId } = attempt;
  const named = [processor, refundId ?? chargeId].filter((one) => one !== null).join(' ');
  return [
    `  ${reference}  ${state}${code === null ? '' : ` (${code})`}  ${named}`,
    ...attempt.events.map(({ kind, detail, atMs }) => `    ${momentWords(atMs)}  ${kind}: ${detail}`),
  ];
}
