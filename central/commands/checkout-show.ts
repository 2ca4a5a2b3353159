// `checkout show`: a checkout as the ledger has it, with how long each hop of its way took.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { hopLines } from '../latency/words.ts';
import type { SoldLine } from '../ledger/said-in-entry.ts';
import type { DocumentStory, MovementView } from '../ledger/views.ts';
import { moneyWords } from '../money-words.ts';
import { databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function checkoutShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show a checkout, void or refund: what it moved, and how long its way took',
      arguments: [['<id>', 'of the document']],
      examples: ['checkout show 0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e0f --config central.toml'],
    },
    (dataFolder, _: object, id: string) => {
      const found = readStore(dataFolder, (store) => store.document(id.toLowerCase()));
      if (found.length === 0) {
        const hint = 'The id is the kiosk’s Idempotency-Key; see also: holdfast-central synthetic list';
        throw new CommandError('checkout_unknown', `no document has the id ${id}`, hint);
      }
      return { result: { items: found }, words: found.map(storyWords).join('\n') };
    },
  );
}

function storyWords(story: DocumentStory): string {
  const { applianceId, kind, verdict, state, totalMinor, currency, slip, traceId, hops, movements } = story;
  const { reasons, lines } = story;
  const paper = slip === null ? '' : `, slip ${slip}`;
  return [
    `${kind} of ${moneyWords(totalMinor, currency)} at ${applianceId}: ${verdict}, ${state}${paper}`,
    ...(reasons.length === 0 ? [] : [`  because of ${reasons.join(', ')}`]),
    ...lines.map((line) => soldWords(line, currency)),
    ...hopLines(hops),
    `  trace ${traceId}`,
    ...movements.flatMap(movementLines),
  ].join('\n');
}

function soldWords({ sku, name, quantity, totalMinor }: SoldLine, currency: string): string {
  const price = totalMinor === null ? 'not priced' : moneyWords(totalMinor, currency);
  return `  ${quantity} × ${name ?? sku}  ${price}`;
}

function movementLines({ id, reason, postings }: MovementView): string[] {
  return [
    `  movement ${id}, ${reason}`,
    ...postings.map(
      ({ account, amountMinor, currency }) => `    ${account}  ${moneyWords(amountMinor, currency)}`,
    ),
  ];
}
