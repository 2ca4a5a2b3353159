// What every list of the store is cut into.
/** A page in the order of its cursor; the cursor is null when there is no more. */
export interface Page<Item> {
  items: Item[];
  nextCursor: number | null;
}
