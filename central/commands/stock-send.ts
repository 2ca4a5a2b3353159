// `stock set|receive|count`: what is said of the goods at one site goes into the feed of its appliance.
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { type Mistakes, mistakesListedMax, noMistakes } from '../feed/csv.ts';
import {
  parseStockWord,
  readStockCsv,
  type StockVerb,
  type StockWord,
  stockChanges,
  stockColumns,
  stockMistakes,
} from '../feed/stock-words.ts';
import type { StockChange } from '../ledger/published.ts';
import { byCommand } from '../people/actor.ts';
import { counted, databaseCommand } from './command.ts';
import { refuseMissing, withStore } from './open-store.ts';
import { describeMistakes } from './read-catalogue.ts';

const descriptions: Record<StockVerb, string> = {
  set: 'say how much of a product there is',
  receive: 'add what came to what is there; a number below zero takes away',
  count: 'say how much was counted on the shelf',
};

export function stockSend(verb: StockVerb): Command {
  return databaseCommand(
    {
      name: verb,
      description: descriptions[verb],
      arguments: [['<items...>', 'SKU=QTY, or a CSV file']],
      options: [
        new Option('--appliance <id>', 'the appliance at whose site the goods are').makeOptionMandatory(),
      ],
      help: `Columns of a file: ${stockColumns.join(',')}. Below lowWater a product is
reported as running low; it may be left out. All of the changes are sent, or
none.`,
      examples: [
        `stock ${verb} --appliance leeds-1 HF-101=12 HF-118=3000 --config central.toml`,
        `stock ${verb} --appliance leeds-1 shelf.csv --config central.toml`,
      ],
    },
    async (dataFolder, { appliance }: { appliance: string }, items: string[]) => {
      const changes = await readChanges(verb, items);
      const { firstPosition, lastPosition } = send(dataFolder, appliance, changes);
      return {
        result: { appliance, changes, firstPosition, lastPosition },
        words: describe(appliance, changes, lastPosition),
      };
    },
  );
}

/** @throws CommandError stock_malformed, file_missing, file_malformed */
async function readChanges(verb: StockVerb, items: readonly string[]): Promise<StockChange[]> {
  const words: StockWord[] = [];
  const mistakes = noMistakes();
  for (const item of items) {
    const word = parseStockWord(item);
    if (word) words.push(word);
    else if (item.includes('=')) throw malformed([`${item}: use SKU=QTY with a whole number`]);
    else for (const line of await readFile(item, mistakes)) words.push(line);
  }
  if (mistakes.total > 0) throw malformed(describeMistakes(mistakes.listed, mistakes.total));
  const wrong = stockMistakes(verb, words);
  if (wrong.length > 0) throw malformed(shortened(wrong));
  if (words.length === 0) throw malformed(['nothing is said of any product']);
  return stockChanges(verb, words);
}

/** A file, or what was meant to be SKU=QTY. */
async function readFile(item: string, mistakes: Mistakes): Promise<StockWord[]> {
  if (existsSync(item)) return readStockCsv(item, mistakes);
  throw malformed([`${item}: use SKU=QTY, or the name of a CSV file that is there`]);
}

/** @throws CommandError appliance_unknown, sku_unknown */
function send(dataFolder: string, appliance: string, changes: StockChange[]) {
  refuseMissing(dataFolder);
  const sent = withStore(dataFolder, (store) => store.sendStock(appliance, changes, byCommand()));
  switch (sent.kind) {
    case 'sent':
      return sent;
    case 'appliance_unknown':
      throw new CommandError(
        'appliance_unknown',
        `there is no appliance ${appliance}`,
        'Its id is that of `appliance create`; GET /v1/appliances lists them.',
      );
    case 'skus_unknown':
      throw new CommandError(
        'sku_unknown',
        'nothing was sent: the catalogue in force has not all of these products',
        'Correct the SKUs named, or import a catalogue that has them.',
        { details: shortened(sent.skus) },
      );
  }
}

function malformed(details: string[]): CommandError {
  const hint = 'Nothing was sent. Correct what is named; see --help for the form.';
  return new CommandError('stock_malformed', 'this cannot be sent', hint, { details });
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - mistakesListedMax;
  return more > 0 ? [...lines.slice(0, mistakesListedMax), `and ${more} more`] : [...lines];
}

function describe(appliance: string, changes: readonly StockChange[], lastPosition: number): string {
  const lines = changes.map(({ sku, change, quantity, lowWater }) => {
    const said = change === 'set' ? `set to ${quantity}` : `${quantity < 0 ? '' : '+'}${quantity}`;
    return `${sku}  ${said}${lowWater === undefined ? '' : `, low below ${lowWater}`}`;
  });
  return [
    `${appliance}: ${counted(changes.length, 'change')} at feed position ${lastPosition}`,
    ...shortened(lines),
  ].join('\n');
}
