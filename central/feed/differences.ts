// What differs between two documents, field by field, as a person would say it.
import type { Product } from '../../contract/feed.ts';
import type { ProductSplit } from '../ledger/split-words.ts';

export interface FieldChange {
  /** Dotted, such as checkout.totalMinorMax. */
  field: string;
  /** Absent where the field is not there. */
  before?: unknown;
  after?: unknown;
}

/** The fields that differ, in the order of their names. Lists and prices count as one field. */
export function changedFields(before: object, after: object, path = ''): FieldChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return fields.flatMap((name) => {
    const field = path === '' ? name : `${path}.${name}`;
    const [one, other] = [fieldOf(before, name), fieldOf(after, name)];
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    if (isGroup(one) && isGroup(other)) return changedFields(one, other, field);
    return [
      {
        field,
        ...(one === undefined ? {} : { before: one }),
        ...(other === undefined ? {} : { after: other }),
      },
    ];
  });
}

export type ProductDifference =
  | { kind: 'added'; sku: string; name: string }
  | { kind: 'changed'; sku: string; name: string; fields: FieldChange[] }
  | { kind: 'removed'; sku: string; name: string };

/** A product as it is sold, and who gets what of it where that is not the house alone. */
export interface ListedProduct {
  product: Product;
  split: ProductSplit['split'] | undefined;
}

/** null where both are the same. */
export function productDifference(
  before: ListedProduct | undefined,
  { product, split }: ListedProduct,
): ProductDifference | null {
  const { sku, name } = product;
  if (!before) return { kind: 'added', sku, name };
  const shares = changedFields({ split: splitText(before.split) }, { split: splitText(split) });
  const fields = [...changedFields(before.product, product), ...shares];
  return fields.length === 0 ? null : { kind: 'changed', sku, name, fields };
}

/** `acme 5000 bolt 3000, fee 1000`: in basis points. */
function splitText(split: ProductSplit['split'] | undefined): string {
  if (split === undefined) return 'house';
  const shares = split.payees.map(({ payee, basisPoints }) => `${payee} ${basisPoints}`);
  return `${shares.join(' ')}, fee ${split.feeBasisPoints}`;
}

/** One change in words: `price: 185 → 195`. */
export function describeChange({ field, before, after }: FieldChange): string {
  return `${field}: ${describeValue(field, before)} → ${describeValue(field, after)}`;
}

function describeValue(field: string, value: unknown): string {
  if (value === undefined) return 'not set';
  if (typeof value === 'number' && field.endsWith('Ms') && value > 1e11) return new Date(value).toISOString();
  if (isPrice(value)) return priceText(value);
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** `189 per 100`, in minor units. */
function priceText({ priceMinor, baseQuantity }: Product['price']): string {
  return baseQuantity === 1 ? String(priceMinor) : `${priceMinor} per ${baseQuantity}`;
}

function fieldOf(from: object, name: string): unknown {
  return Object.hasOwn(from, name) ? (from as Record<string, unknown>)[name] : undefined;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isPrice(value);
}

function isPrice(value: unknown): value is Product['price'] {
  return typeof value === 'object' && value !== null && 'priceMinor' in value && 'baseQuantity' in value;
}
