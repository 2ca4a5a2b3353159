// `payout statement`: what a payout is made of, for the payee: as a table or as a page to print.
import { type Command, Option } from 'commander';
import { present } from '../../kit/assert.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import type { PayoutLine } from '../payouts/port.ts';
import { statementPage } from '../payouts/statement.ts';
import { statementCsv } from '../payouts/statement-csv.ts';
import { countArgument, databaseCommand } from './command.ts';
import { useStore } from './open-store.ts';
import { payoutUnknown } from './payout-show.ts';
import { writeOut } from './write-out.ts';

const pageLines = 1000;

export function payoutStatement(): Command {
  return databaseCommand(
    {
      name: 'statement',
      description: 'write what a payout is made of, for the payee',
      arguments: [['<number>', 'the payout']],
      options: [
        new Option('--format <format>', 'as what').choices(['csv', 'html']).default('csv'),
        new Option('--out <file>', 'where to; stdout unless told'),
      ],
      examples: ['payout statement 7 --format html --out acme-7.html --config central.toml'],
    },
    async (dataFolder, { format, out }: { format: 'csv' | 'html'; out?: string }, text: string) => {
      const number = countArgument('NUMBER', text);
      return useStore(dataFolder, async (store) => {
        const payout = store.payout(number);
        if (payout === null) throw payoutUnknown(number);
        const payee = present(store.payee(payout.payee), 'the payee of the payout');
        const lines = linesOf(store, number);
        const parts = format === 'csv' ? statementCsv(payout, lines) : statementPage(payout, payee, lines);
        await writeOut(parts, out ?? null);
        return out === undefined
          ? null
          : { result: { format, out }, words: `${out}: statement of payout ${number}` };
      });
    },
  );
}

function* linesOf(store: SqliteStore, number: number): Generator<PayoutLine> {
  let after = { movementId: 0, line: 0 };
  for (;;) {
    const lines = store.payoutLines({ number, after, limit: pageLines });
    yield* lines;
    const last = lines.at(-1);
    if (!last || lines.length < pageLines) return;
    after = { movementId: last.movementId, line: last.line };
  }
}
