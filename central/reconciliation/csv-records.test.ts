import { describe, expect, it } from 'vitest';
import { bytesOf, gather } from '../fixtures/reports/collect.ts';
import { csvRecords, recordLinesMax, splitRecord } from './csv-records.ts';
import { linesOf } from './lines.ts';

async function read(text: string, columns = 3): Promise<unknown[]> {
  const items = await gather(csvRecords(linesOf(bytesOf(text)), ',', columns));
  return items.map((item) =>
    item.kind === 'record' ? [item.line, ...item.cells] : [item.aside.line, item.aside.reason],
  );
}

describe('splitRecord', () => {
  it.each([
    ['a,b,', ['a', 'b', '']],
    ['"a,b","say ""no""",""', ['a,b', 'say "no"', '']],
    ['5" disk,b', ['5" disk', 'b']],
    ['"a"x,b', ['ax', 'b']],
    ['""""', ['"']],
    ['a,"b', 'open'],
    ['a,"b""', 'open'],
  ])('splits %s', (text, cells) => {
    expect(splitRecord(text, ',')).toEqual(cells);
  });
});

describe('csvRecords', () => {
  it('reads quoted line breaks as part of their cell, and counts on by lines', async () => {
    expect(await read('a,"b\nb",c\n\nd,e,f')).toEqual([
      [1, 'a', 'b\nb', 'c'],
      [4, 'd', 'e', 'f'],
    ]);
  });

  it('sets a record with too few or too many cells aside, and goes on', async () => {
    expect(await read('a,b\nc,d,e\nf,g,h,i')).toEqual([
      [1, 'columns_differ'],
      [2, 'c', 'd', 'e'],
      [3, 'columns_differ'],
    ]);
  });

  it('loses only the line of a quote that never closes', async () => {
    const rows = Array.from({ length: recordLinesMax * 2 }, (_, i) => `x,y,${i}`);
    const read1 = await read(`a,"b,c\n${rows.join('\n')}`);
    expect(read1[0]).toEqual([1, 'quote_open']);
    expect(read1).toHaveLength(rows.length + 1);
  });

  it('loses only the line of a quote that a later row closes by chance', async () => {
    expect(await read('a,"b,c\nd,e,f\ng,"h,i",j\nk,"l",m')).toEqual([
      [1, 'columns_differ'],
      [2, 'd', 'e', 'f'],
      [3, 'g', 'h,i', 'j'],
      [4, 'k', 'l', 'm'],
    ]);
  });

  it('sets the last line aside when the file was cut within it', async () => {
    expect(await read('a,b,c\nd,"e')).toEqual([
      [1, 'a', 'b', 'c'],
      [2, 'quote_open'],
    ]);
  });
});
