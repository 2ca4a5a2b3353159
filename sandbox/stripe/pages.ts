// Lists as Stripe shows them: page by page, the newest first.

export interface Paging {
  limit: number;
  starting_after?: string | undefined;
  created?: Partial<Record<'gt' | 'gte' | 'lt' | 'lte', number | undefined>> | undefined;
}

/** A page of what is kept in the order of its making. */
export function showPage<Row extends { id: string; createdMs: number }>(
  rows: readonly Row[],
  { limit, starting_after, created }: Paging,
  show: (row: Row) => object,
  url: string,
): object {
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = created ?? {};
  const page: Row[] = [];
  let isAfter = starting_after === undefined || !rows.some(({ id }) => id === starting_after);
  for (let at = rows.length - 1; at >= 0 && page.length <= limit; at--) {
    const row = rows[at] as Row;
    const createdAt = Math.floor(row.createdMs / 1000);
    if (isAfter && createdAt > gt && createdAt >= gte && createdAt < lt && createdAt <= lte) page.push(row);
    isAfter ||= row.id === starting_after;
  }
  const hasMore = page.length > limit;
  return {
    object: 'list',
    data: page.slice(0, limit).map((row) => show(row)),
    has_more: hasMore,
    url,
  };
}
