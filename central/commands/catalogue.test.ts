// `catalogue …` as operators run it, each command a process.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byTester } from '../fixtures/by.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { draftsMax } from '../ledger/published.ts';

const products = 'sku,gtin,name,priceMinor\nHF-101,5012345678900,Oat drink,185\nHF-118,,Mince,189\n';
const next = 'sku,gtin,name,priceMinor\nHF-101,5012345678900,Oat drink,195\nHF-300,,Soap,50\n';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
  desk.file('products.csv', products);
  desk.file('next.csv', next);
});
afterEach(() => desk.remove());

describe('catalogue import', () => {
  it('makes a file the next version, and says what it changed', async () => {
    expect(await desk.run('catalogue', 'import', desk.file('products.csv'))).toEqual({
      code: 0,
      stderr: '',
      stdout: 'catalogue version 1: 2 products\n2 added, 0 changed, 0 removed; sent whole, in 1 piece\n',
    });
    expect(await desk.json('catalogue', 'import', desk.file('next.csv'))).toEqual({
      version: 2,
      products: 2,
      added: 1,
      changed: 1,
      removed: 1,
      sent: 'snapshot',
      pieces: 1,
    });
    const again = await desk.run('catalogue', 'import', desk.file('next.csv'));
    expect(again.stdout).toContain('nothing differs from the version before; its age begins again');
    expect(desk.inStore((store) => store.catalogue())).toMatchObject({ version: 3, products: 2 });
  });

  it('takes nothing of a file with mistakes, and names each by line, column and remedy', async () => {
    const bad =
      'sku,gtin,name,priceMinor\nA,,Pen,-5\nB,5012345678900,Ink,10\nC,5012345678900,Ink,10\nB,,Ink,x\nD,1234,,10\n';
    expect(await desk.run('catalogue', 'import', desk.file('bad.csv', bad))).toMatchObject(
      refusal(
        1,
        'catalogue_malformed',
        'bad.csv line 2, priceMinor: must be at least 0',
        "bad.csv line 4, gtin: '5012345678900' is on line 3 already",
        "bad.csv line 5, priceMinor: 'x' is not a whole number",
        'bad.csv line 6, gtin: not a GTIN-8, -12, -13 or -14 with a valid check digit',
        'bad.csv line 6, name: must not be empty',
        'Correct the lines named',
      ),
    );
    expect(desk.inStore((store) => store.catalogue())).toBeNull();
  });

  it('names a file that is not there, and one that is not UTF-8, as a wrong call', async () => {
    const latin = Buffer.from(products.replace('Mince', 'Mincé'), 'latin1');
    const [none, noOffers, notUtf8] = await Promise.all([
      desk.run('catalogue', 'import', desk.file('none.csv')),
      desk.run('catalogue', 'import', desk.file('products.csv'), '--offers', desk.file('none.csv')),
      desk.run('catalogue', 'import', desk.file('latin.csv', latin)),
    ]);
    expect(none).toMatchObject(refusal(2, 'file_missing', 'none.csv'));
    expect(noOffers).toMatchObject(refusal(2, 'file_missing', 'none.csv'));
    expect(notUtf8).toMatchObject(refusal(2, 'file_malformed', 'latin.csv', 'Save it as UTF-8'));
  });

  it('reads special prices from a file of their own', async () => {
    const offers = desk.file('offers.csv', 'sku,quantityMin,priceMinor\nHF-101,2,150\n');
    await desk.json('catalogue', 'import', desk.file('products.csv'), '--offers', offers);
    const [product] = desk.inStore((store) => store.productsBySku(['HF-101']));
    expect(product?.offers).toEqual([{ price: { priceMinor: 150, baseQuantity: 1 }, quantityMin: 2 }]);
  });
});

describe('catalogue drafts, publish and discard', () => {
  it('keep a file until it is published, the newest unless one is named', async () => {
    expect((await desk.run('catalogue', 'drafts')).stderr).toContain('database_missing');
    const kept = await desk.run('catalogue', 'import', desk.file('products.csv'), '--draft');
    expect(kept.stdout).toBe('draft 1: 2 products\npublish it with: catalogue publish --draft 1\n');
    expect(await desk.json('catalogue', 'import', desk.file('next.csv'), '--draft')).toEqual({
      draft: 2,
      products: 2,
    });
    const { stdout } = await desk.run('catalogue', 'drafts');
    expect(stdout).toMatch(
      /^draft 1: 2 products from products\.csv, \d{4}-\S+Z\ndraft 2: 2 products from next\.csv, \S+\n$/,
    );
    expect(await desk.json('catalogue', 'publish')).toMatchObject({ version: 1, added: 2 });
    expect(await desk.json('catalogue', 'drafts')).toMatchObject({ drafts: [{ number: 1, products: 2 }] });
    const published = await desk.run('catalogue', 'publish', '--draft', '1');
    expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining('catalogue version 2') });
    expect((await desk.run('catalogue', 'drafts')).stdout).toBe('no draft waits\n');
  });

  it('throw a draft away', async () => {
    await desk.json('catalogue', 'import', desk.file('products.csv'), '--draft');
    expect(await desk.run('catalogue', 'discard', '--draft', '1')).toEqual({
      code: 0,
      stdout: 'draft 1 is gone\n',
      stderr: '',
    });
    expect(await desk.json('catalogue', 'drafts')).toEqual({ drafts: [] });
    expect(desk.inStore((store) => store.products({ draft: 1, after: '', limit: 9 }).items)).toEqual([]);
  });

  it('name a draft that is not there, and say how one is made', async () => {
    desk.inStore(() => {});
    const [none, other, word, unnamed] = await Promise.all([
      desk.run('catalogue', 'publish'),
      desk.run('catalogue', 'discard', '--draft', '7'),
      desk.run('catalogue', 'publish', '--draft', 'x'),
      desk.run('catalogue', 'discard'),
    ]);
    expect(none).toMatchObject(refusal(1, 'draft_unknown: there is no draft\n', 'import FILE --draft'));
    expect(other).toMatchObject(refusal(1, 'there is no draft 7', 'catalogue drafts'));
    expect(word).toMatchObject(refusal(2, "'x' is not a whole number above 0", '--draft'));
    expect(unnamed).toMatchObject(refusal(2, '--draft <number>'));
  });

  it('refuse one draft too many, and leave nothing of it behind', async () => {
    desk.inStore((store) => {
      for (let i = 0; i < draftsMax; i++) {
        store.completeDraft(store.beginDraft({ source: 'a.csv', nowMs: Date.now() }) ?? 0);
      }
    });
    const refused = await desk.run('catalogue', 'import', desk.file('products.csv'), '--draft');
    expect(refused).toMatchObject(refusal(1, `${draftsMax} drafts wait already`, 'publish or discard'));
    // What is published at once is no draft.
    expect(await desk.json('catalogue', 'import', desk.file('products.csv'))).toMatchObject({ version: 1 });
  });
});

describe('catalogue diff', () => {
  it('shows what a file would change, field by field, and changes nothing', async () => {
    const missing = await desk.run('catalogue', 'diff', desk.file('products.csv'));
    expect(missing).toMatchObject(refusal(1, 'database_missing', 'dataFolder'));
    desk.inStore(() => {});
    const first = await desk.run('catalogue', 'diff', desk.file('products.csv'), '--limit', '1');
    expect(first.stdout).toBe(
      'there is no catalogue yet: 2 added, 0 changed, 0 removed, 2 products then\n+ HF-101  Oat drink\nand 1 more; see --limit\n',
    );
    await desk.json('catalogue', 'import', desk.file('products.csv'));
    const { stdout } = await desk.run('catalogue', 'diff', desk.file('next.csv'));
    expect(stdout).toBe(`against version 1: 1 added, 1 changed, 1 removed, 2 products then
~ HF-101  Oat drink
    price: 185 → 195
+ HF-300  Soap
- HF-118  Mince
`);
    expect(desk.inStore((store) => store.catalogue()?.version)).toBe(1);
  });

  it('shows who gets what of a product when that changes, of a file and of a draft', async () => {
    desk.inStore((store) => store.createPayee({ id: 'acme', name: 'Acme', bankReference: 'x' }, byTester(1)));
    const header = 'sku,name,priceMinor,payee,payeeBasisPoints,feeBasisPoints';
    const before = desk.file('before.csv', `${header}\nHF-1,Soup,100,,,\nHF-2,Bread,100,acme,,1500\n`);
    const after = desk.file('after.csv', `${header}\nHF-1,Soup,100,acme,5000,\nHF-2,Bread,100,,,\n`);
    await desk.json('catalogue', 'import', before);
    const expected = `against version 1: 0 added, 2 changed, 0 removed, 2 products then
~ HF-1  Soup
    split: house → acme 5000, fee 0
~ HF-2  Bread
    split: acme 10000, fee 1500 → house
`;
    expect((await desk.run('catalogue', 'diff', after)).stdout).toBe(expected);
    const { draft } = await desk.json('catalogue', 'import', after, '--draft');
    expect((await desk.run('catalogue', 'diff', '--draft', String(draft))).stdout).toBe(expected);
    expect((await desk.run('catalogue', 'diff', before)).stdout).toContain('0 added, 0 changed, 0 removed');
  });

  it('compares a draft as well, and one thing at a time', async () => {
    await desk.json('catalogue', 'import', desk.file('products.csv'));
    const { draft } = await desk.json('catalogue', 'import', desk.file('next.csv'), '--draft');
    expect(await desk.json('catalogue', 'diff', '--draft', String(draft))).toMatchObject({
      against: 1,
      added: 1,
      changed: 1,
      removed: 1,
      differences: [
        { kind: 'changed', sku: 'HF-101', fields: [{ field: 'price' }] },
        { kind: 'added', sku: 'HF-300' },
        { kind: 'removed', sku: 'HF-118' },
      ],
    });
    const [nothing, both, unknown] = await Promise.all([
      desk.run('catalogue', 'diff'),
      desk.run('catalogue', 'diff', desk.file('next.csv'), '--draft', '1'),
      desk.run('catalogue', 'diff', '--draft', '99'),
    ]);
    expect(nothing).toMatchObject(refusal(2, 'argument_malformed', '--draft NUMBER'));
    expect(both).toMatchObject(refusal(2, 'argument_malformed'));
    expect(unknown).toMatchObject(refusal(1, 'draft_unknown'));
  });
});
