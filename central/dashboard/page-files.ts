// The files of the operators' page, as they are handed from whoever makes them to whoever serves them.

export interface Asset {
  type: string;
  body: string;
  etag: string;
}
/** By the path that it is asked for under. */
export type Page = ReadonlyMap<string, Asset>;

/** What all but the page itself is asked for under. */
export const under = '/ui/';
