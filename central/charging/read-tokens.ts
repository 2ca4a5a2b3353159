// A file of tokens, line by line: token, processor, processor_token.
import { Text } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { isCardNumber } from '../card-number.ts';
import { type CsvRow, type Mistakes, readCsv } from '../feed/csv.ts';
import type { ProcessorToken } from './token-port.ts';

export const tokenColumns = ['token', 'processor', 'processor_token'] as const;
type Column = (typeof tokenColumns)[number];

const Token = Text(limits.tokenCharsMax);

/**
 * The lines that can be used; the others are noted, without their content: it may be a card number.
 * @param processors that the configuration names
 * @throws CommandError file_missing, file_malformed
 */
export async function* readTokens(
  path: string,
  processors: readonly string[],
  mistakes: Mistakes,
): AsyncGenerator<ProcessorToken> {
  for await (const row of readCsv(path, { known: tokenColumns, required: tokenColumns }, mistakes)) {
    const token = tokenIn(row, 'token');
    const processorToken = tokenIn(row, 'processor_token');
    const processor = row.cell('processor');
    if (processor === undefined || !processors.includes(processor)) {
      row.wrong('processor', `use ${processors.join(' or ')}, as in the configuration`);
      continue;
    }
    if (token !== null && processorToken !== null) yield { token, processor, processorToken };
  }
}

function tokenIn(row: CsvRow<Column>, column: Column): string | null {
  const parsed = Token.safeParse(row.cell(column));
  if (!parsed.success) row.wrong(column, `give 1 to ${limits.tokenCharsMax} characters`);
  else if (isCardNumber(parsed.data))
    row.wrong(column, 'is a card number; give the token that stands for it');
  else return parsed.data;
  return null;
}
