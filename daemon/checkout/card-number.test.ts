// I11: what the guard must catch, what it must let pass, and how often it is wrong about numbers it cannot know.
import { describe, expect, it } from 'vitest';
import { gtinCheckDigit } from '../../contract/gtin.ts';
import { seededRandom } from '../../kit/seeded-random.ts';
import { holdsCardNumber } from './card-number.ts';

/** Test numbers as the schemes and processors publish them. */
const published: Record<string, string[]> = {
  Visa: ['4111111111111111', '4242424242424242', '4012888888881881', '4000056655665556'],
  'Visa of 13 digits': ['4222222222222'],
  'Visa of 19 digits': ['4917610000000000003'],
  Mastercard: ['5555555555554444', '5105105105105100', '5200828282828210', '2223003122003222'],
  'American Express': ['378282246310005', '371449635398431', '378734493671000', '343434343434343'],
  Discover: ['6011111111111117', '6011000990139424', '6445644564456445'],
  'Diners Club': ['30569309025904', '38520000023237', '36227206271667', '3056930009020004'],
  JCB: ['3530111333300000', '3566002020360505'],
  UnionPay: ['6200000000000005', '6205500000000000004', '8171999927660000'],
  Maestro: ['6759649826438453', '6771798021000008', '6799990100000000019', '5000550000000029'],
  Dankort: ['5019717010103742'],
  Bancontact: ['6703444444444449'],
  Mir: ['2201382000000013', '2200770239097761'],
  RuPay: ['6074849900004936'],
  Verve: ['5060990580000217499', '5061460410120223210'],
  Elo: ['5066991111111118', '6362970000457013'],
  Hipercard: ['6062826786276634'],
  Troy: ['9792030394440796'],
};
const everyNumber = Object.values(published).flat();

/** The digits in groups of four, with something between. */
const grouped = (number: string, between: string) => number.replace(/(.{4})(?=.)/g, `$1${between}`);
const inScript = (number: string, zero: number) =>
  number.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
const superscript = (number: string) => number.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '');
const escapedDigits = (number: string) => number.replace(/\d/g, (digit) => `\\u003${digit}`);

const honestCheckout = {
  lines: [
    { sku: '85123A', quantity: 6, price: { priceMinor: 255, baseQuantity: 1 } },
    { gtin: '4006381333931', quantity: 2, priceOverride: { by: 'anna', reason: 'shelf label' } },
  ],
  currency: 'GBP',
  totalMinor: 2040,
  payment: {
    token: 'tok_1MqLiJLkdIwHu7ixUEgbFdYE',
    fingerprint: 'Xt5EWLLDS7FJjR1c',
    scheme: 'visa',
    last4: '4242',
  },
  mode: 'offline_ok',
  reference: 'ORD-2026-000123',
};

/** Every name and string of a value, each replaced in turn. */
function* withEachStringReplaced(value: unknown, text: string): Generator<unknown> {
  if (typeof value === 'string') yield text;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const changed of withEachStringReplaced(inner, text)) {
      yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    }
    if (!Array.isArray(value)) yield { ...value, [text]: inner };
  }
}

describe('a card number is found', () => {
  it.each(Object.entries(published))('of %s, plain and however its digits are set apart', (_, numbers) => {
    const betweens = [' ', '-', '.', '_', '  ', ' - ', '\u00a0', '\u2009', '\u202f', '\u2013', '\u2212'];
    const missed = numbers.flatMap((number) =>
      ['', ...betweens, '\u200b', '\u00ad', '\ufeff', '\t', '\n', '\u0000'].flatMap((between) =>
        [grouped(number, between), [...number].join(between)]
          .map((text) => JSON.stringify({ reference: text }))
          .filter((body) => !holdsCardNumber(body)),
      ),
    );
    expect(missed).toEqual([]);
  });

  it.each([
    ['as a JSON number', (number: string) => `{"totalMinor":${number}}`],
    ['as a JSON number with a fraction', (number: string) => `{"totalMinor":${number}.00}`],
    ['as the name of a field', (number: string) => `{"${number}":1}`],
    ['in an escaped name', (number: string) => `{"${escapedDigits(number)}":1}`],
    ['with escaped digits', (number: string) => `{"reference":"${escapedDigits(number)}"}`],
    ['with one escaped digit', (number: string) => `{"reference":"\\u003${number[0]}${number.slice(1)}"}`],
    ['with escaped white space', (number: string) => `{"reference":"${grouped(number, '\\t')}"}`],
    ['in full-width digits', (number: string) => `{"reference":"${inScript(number, 0xff10)}"}`],
    ['in superscript digits', (number: string) => `{"reference":"${superscript(number)}"}`],
    ['beside other digits', (number: string) => `{"reference":"order 12 ${grouped(number, ' ')} 12/27 123"}`],
    ['beside other digits, unspaced', (number: string) => `{"reference":"12 ${number} 2712"}`],
    ['inside a token', (number: string) => `{"payment":{"token":"tok_${number}"}}`],
    ['within hex digits', (number: string) => `{"reference":"abc${number}def"}`],
    ['within letters', (number: string) => `{"reference":"abc${number}xyz"}`],
    ['in a field that a later one replaces', (number: string) => `{"a":"${number}","a":"nothing"}`],
    ['in an escaped string within a string', (number: string) => `{"a":"{\\"b\\":\\"${number}\\"}"}`],
    ['in the middle of a text that is no JSON', (number: string) => `{"reference":"${number}", oh no`],
    ['in a form body', (number: string) => `token=tok&card=${number}`],
    ['in a header', (number: string) => number],
  ])('%s', (_, bodyWith) => {
    expect(everyNumber.map(bodyWith).filter((body) => !holdsCardNumber(body))).toEqual([]);
  });

  it('below a thousand brackets', () => {
    const body = `${'['.repeat(30_000)}"4111\\u0031111 1111 1111"${']'.repeat(30_000)}`;
    expect(holdsCardNumber(body)).toBe(true);
  });

  it('in the digits of every script that Unicode has', () => {
    const missed: string[] = [];
    for (let zero = 0; zero <= 0x10ffff; zero++) {
      const char = String.fromCodePoint(zero);
      // The zero of a script: a decimal digit that ten of its kind begin with.
      const isZero = /\p{Nd}/u.test(char) && holdsCardNumber(inScript('4111111111111111', zero)) === false;
      const isFirst = !/\p{Nd}/u.test(String.fromCodePoint(Math.max(0, zero - 1)));
      if (isZero && isFirst) missed.push(zero.toString(16));
    }
    expect(missed).toEqual([]);
  });

  it('in each string, and as each name, of a checkout', () => {
    const bodies = [
      ...withEachStringReplaced(honestCheckout, 'x 4111-1111-1111-1111'),
      ...withEachStringReplaced(honestCheckout, '6011111111111117'),
    ].map((body) => JSON.stringify(body));
    expect(bodies.length).toBeGreaterThan(40);
    expect(bodies.filter((body) => !holdsCardNumber(body))).toEqual([]);
    expect(holdsCardNumber(JSON.stringify(honestCheckout))).toBe(false);
  });

  it('in a gtin field when it is no GTIN', () => {
    expect(holdsCardNumber('{"gtin":"4111111111111111"}')).toBe(true);
    // Luhn and GS1 check digits differ: a Visa number of 13 digits is seldom a GTIN as well.
    expect(holdsCardNumber('{"gtin":"4222222222222"}')).toBe(true);
  });

  it('when a valid GTIN stands outside the fields of a product, and fits a card', () => {
    const both = firstThat(gtins(13), (gtin) => holdsCardNumber(`{"reference":"${gtin}"}`));
    expect(holdsCardNumber(`{"gtin":"${both}"}`)).toBe(false);
    expect(holdsCardNumber(`{"gtin":"${both}","sku":"${both}"}`)).toBe(false);
    expect(holdsCardNumber(`{"gtin":"${both}","reference":"${both}"}`)).toBe(true);
    expect(holdsCardNumber(`{"reference":"\\"gtin\\":\\"${both}\\""}`)).toBe(true);
  });

  it('behind a plus, when no telephone number begins like it', () => {
    expect(holdsCardNumber('+378282246310005')).toBe(true);
    expect(holdsCardNumber('+30 5693 0902 5904')).toBe(true);
    expect(holdsCardNumber('+4111 1111 1111 1111')).toBe(true);
  });
});

describe('an honest number passes', () => {
  it.each([13, 14])('every GTIN-%i of 200,000 in a gtin field', (length) => {
    const alarms: string[] = [];
    const all = gtins(length);
    for (let i = 0; i < 200_000; i++) {
      const gtin = all.next().value;
      if (holdsCardNumber(`{"lines":[{"gtin":"${gtin}","quantity":1}],"mode":"offline_ok"}`))
        alarms.push(gtin);
    }
    expect(alarms).toEqual([]);
  });

  it('every UUID of 100,000 version 4 and 100,000 version 7', () => {
    const hex = random(7);
    const part = (count: number) =>
      hex(16 ** Math.min(count, 8))
        .toString(16)
        .padStart(count, '0');
    const alarms: string[] = [];
    for (let i = 0; i < 100_000; i++) {
      const variant = '89ab'[hex(4)];
      const ms = (1_500_000_000_000 + i * 12_345_678).toString(16).padStart(12, '0');
      for (const uuid of [
        `${part(8)}-${part(4)}-4${part(3)}-${variant}${part(3)}-${part(6)}${part(6)}`,
        `${ms.slice(0, 8)}-${ms.slice(8)}-7${part(3)}-${variant}${part(3)}-${part(6)}${part(6)}`,
      ]) {
        if (holdsCardNumber(`{"reference":"${uuid}"}`)) alarms.push(uuid);
      }
    }
    expect(alarms).toEqual([]);
  });

  it('every UUID that has digits alone', () => {
    const digit = random(11);
    const alarms: string[] = [];
    for (let i = 0; i < 50_000; i++) {
      const d = digits(digit, 30);
      const uuid = `${d.slice(0, 8)}-${d.slice(8, 12)}-4${d.slice(12, 15)}-8${d.slice(15, 18)}-${d.slice(18)}`;
      if (holdsCardNumber(`{"checkoutId":"${uuid}"}`)) alarms.push(uuid);
    }
    expect(alarms).toEqual([]);
  });

  it.each([32, 40, 64])('every digest of %i hex digits of 100,000, bare and in a token', (length) => {
    const hex = random(length);
    const alarms: string[] = [];
    for (let i = 0; i < 100_000; i++) {
      let digest = '';
      while (digest.length < length) digest += (hex(2 ** 32) + 2 ** 32).toString(16).slice(1);
      if (holdsCardNumber(`{"fingerprint":"${digest}","token":"tok_${digest}"}`)) alarms.push(digest);
    }
    expect(alarms).toEqual([]);
  });

  it('every time stamp from 2001 to 2033, in seconds, milli-, micro- and nanoseconds and as ISO 8601', () => {
    const alarms: string[] = [];
    for (let ms = 1_000_000_000_123; ms < 2e12; ms += 99_999_999) {
      const iso = new Date(ms).toISOString();
      for (const text of [
        `{"atMs":${ms}}`,
        `{"at":"${ms}"}`,
        `{"at":"${ms / 1000}"}`,
        `{"at":"${ms}000"}`,
        `{"at":"${ms}000000"}`,
        `{"at":"${iso}"}`,
        `{"at":"${iso.replace('Z', '456+00:00')}"}`,
        `{"at":"${iso.slice(0, 19).replace('T', ' ')}"}`,
        `{"at":"${iso.replace(/[-:]/g, '')}"}`,
        `{"at":"${iso.replace(/\D/g, '').slice(0, 14)}"}`,
      ]) {
        if (holdsCardNumber(text)) alarms.push(text);
      }
    }
    expect(alarms).toEqual([]);
  });

  it.each([
    ['E.164', ['+442079460958', '+4915112345678', '+12025550123', '+8613812345678', '+5511912345678']],
    ['E.164 in groups', ['+44 20 7946 0958', '+49 151 1234 5678', '+1-202-555-0123', '+86 138 1234 5678']],
    [
      'E.164, more countries',
      ['+33 6 12 34 56 78', '+39 06 6982 1234', '+34 612 34 56 78', '+91 98765 43210'],
    ],
    [
      'E.164, long',
      ['+43 6641 234567890', '+49 30 1234 5678 901', '+86 1064 1234 56789', '+4758 1234567890'],
    ],
    ['E.164, others', ['+380 44 123 4567', '+353 1 234 5678', '+506 2222 3333', '+63 917 123 4567']],
    ['with 00', ['0044 20 7946 0958', '0049 30 12345678', '00 33 6 12 34 56 78', '011 44 20 7946 0958']],
    ['British', ['020 7946 0958', '(0161) 496 0000', '07700 900123', '01632 960 001', '+44 (0)20 7946 0958']],
    ['German and Austrian', ['030 12345678', '0151 1234 5678', '040/1234-5678', '01 234 56 78 90']],
    ['American', ['(202) 555-0123', '202-555-0123', '1-800-555-0199', '1 202 555 0123 ext. 4567']],
    ['French, Spanish, Italian', ['06 12 34 56 78', '612 34 56 78', '06 6982 1234', '347 123 4567']],
    ['Indian, Chinese, Japanese', ['98765 43210', '0138-1234-5678', '03-1234-5678', '090-1234-5678']],
    ['Brazilian, Mexican', ['(11) 91234-5678', '011 91234-5678', '55 1234 5678', '01 55 1234 5678']],
    ['two in one text', ['020 7946 0958 / 020 7946 0123', 'call 07700 900123 or 07700 900456']],
  ])('telephone numbers: %s', (_, texts) => {
    expect(texts.filter((text) => holdsCardNumber(JSON.stringify({ reference: text })))).toEqual([]);
  });

  it('every telephone number of 50,000 with a plus, solid and in groups', () => {
    const countries = [
      '1',
      '7',
      '20',
      '27',
      '30',
      '31',
      '32',
      '33',
      '34',
      '36',
      '39',
      '40',
      '41',
      '43',
      '44',
    ];
    countries.push('45', '46', '47', '48', '49', '52', '54', '55', '56', '57', '58', '60', '61', '62', '63');
    countries.push('64', '65', '66', '81', '82', '84', '86', '90', '91', '92', '351', '353', '358', '370');
    countries.push('371', '372', '373', '374', '375', '377', '380', '381', '385', '386', '420', '421', '501');
    countries.push('503', '506', '507', '509', '589', '672', '675', '676', '852', '966', '971', '972', '979');
    const pick = random(3);
    const alarms: string[] = [];
    for (let i = 0; i < 50_000; i++) {
      const country = countries[pick(countries.length)] ?? '';
      const length = 13 - country.length - pick(4);
      const national = `${1 + pick(9)}${digits(pick, length - 1)}`;
      for (const text of [
        `+${country}${national}`,
        `+${country} ${national.slice(0, 3)} ${national.slice(3)}`,
        `+${country}-${grouped(national, '-')}`,
      ]) {
        if (holdsCardNumber(text)) alarms.push(text);
      }
    }
    expect(alarms).toEqual([]);
  });

  it('order and invoice numbers of the usual shapes, a thousand days of each', () => {
    const alarms: string[] = [];
    for (let day = 0; day < 1000; day++) {
      const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
      const number = String(day * 7919).padStart(6, '0');
      const [year, month] = date.split('-');
      const compact = date.replaceAll('-', '');
      for (const text of [
        `ORD-${year}-${number}`,
        `${compact}-${number.slice(-4)}`,
        `${compact}${number}`,
        `${date}-${number}`,
        `RE-${year}-${month}-${number}`,
        `INV${year}${month}${number}`,
        `${year}/${month}/${number}`,
        `K1-${compact}-${number}`,
        `#${number}`,
        `PO 45000${number}`,
      ]) {
        if (holdsCardNumber(JSON.stringify({ reference: text }))) alarms.push(text);
      }
    }
    expect(alarms).toEqual([]);
  });

  it('amounts, quantities and last four digits side by side', () => {
    const lines = Array.from({ length: 200 }, (_, i) => ({
      sku: String(10_000 + i),
      quantity: 4111 + i,
      price: { priceMinor: 11_111_111, baseQuantity: 1000 },
    }));
    expect(holdsCardNumber(JSON.stringify({ lines, last4: '1111' }, null, 2))).toBe(false);
    expect(holdsCardNumber('[4111,1111,1111,1111]')).toBe(false);
  });
});

describe('random references of digits alone, which nothing tells from a card', () => {
  /** Of 100,000 each; the true rate is a tenth of the share of numbers within the issuers' ranges. */
  it.each([
    [13, 0.0108],
    [14, 0.0042],
    [15, 0.006],
    [16, 0.036],
    [17, 0.0152],
    [18, 0.0152],
    [19, 0.0255],
  ])('of %i digits are refused at a rate below %f', (length, rateMax) => {
    const digit = random(length);
    let alarms = 0;
    for (let i = 0; i < 100_000; i++) {
      const reference = digits(digit, length);
      if (holdsCardNumber(`{"reference":"${reference}"}`)) alarms++;
    }
    expect(alarms / 100_000).toBeLessThan(rateMax);
  });
});

describe('a hostile body of 64 KiB ends in bounded work', () => {
  const long = (piece: string) => piece.repeat(Math.floor(65_500 / Buffer.byteLength(piece)));
  it.each([
    ['digits with a space after each', long('1 ')],
    ['digits of a card number, each with a space', long('4 1 ')],
    ['digits alone', long('4')],
    ['pairs of digits', long('41 ')],
    ['three separators each', long('4 - ')],
    ['separators alone', long(' ')],
    ['almost card numbers', long('4111 1111 1111 1112 ')],
    ['Arabic digits', long('\u0661 ')],
    ['letters that are compositions', long('\u1e69\u0323')],
    ['one letter with many marks', `a${long('\u0301\u0323')}`],
    ['escapes', long('\\u0034')],
    ['backslashes', long('\\')],
    ['pluses', long('+1')],
    ['pluses and spaces', long('+1 2 ')],
    ['hex digits without end', long('4a')],
    ['hex digits that are no digest', long(`${'4'.repeat(63)} `)],
    ['half a UUID', long('12345678-1234-4123-8123-')],
    ['gtin fields that do not end', long('"gtin":"1234567')],
    ['gtin names and white space', `${long('"gtin"   ')}`],
    ['open brackets', long('[')],
    ['objects in objects', long('{"a":')],
  ])('%s', (_, text) => {
    const startMs = performance.now();
    holdsCardNumber(text);
    holdsCardNumber(JSON.stringify(text));
    // Not a measurement: what is quadratic or worse takes minutes here.
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});

/** Whole numbers below `end`, the same ones in every run. */
function random(seed: number): (end: number) => number {
  const next = seededRandom(seed);
  return (end) => Math.floor(next() * end);
}

function digits(below: (end: number) => number, count: number): string {
  let text = '';
  while (text.length < count) text += String(1e6 + below(1e6)).slice(1);
  return text.slice(0, count);
}

/** Valid GTINs without end, of GS1's issued prefixes and any other. */
function* gtins(length: number): Generator<string, never> {
  const digit = random(length * 101);
  for (;;) {
    const body = digits(digit, length - 1);
    yield body + gtinCheckDigit(body);
  }
}

function firstThat(all: Generator<string, never>, fits: (text: string) => boolean): string {
  for (;;) {
    const { value } = all.next();
    if (fits(value)) return value;
  }
}
