// What both programs must agree on, with the unit last in every name. A box's own limits stand in its config.ts.

export const limits = {
  /** A kiosk's request body. */
  requestBytesMax: 64 * 1024,
  linesMax: 1000,
  lineQuantityMax: 100_000,
  /** One price: ten million of the major unit, per baseQuantity. */
  priceMinorMax: 1_000_000_000,
  /** One document: price × quantity stays exact below 2^53. */
  totalMinorMax: 100_000_000_000,
  textCharsMax: 200,
  skuCharsMax: 40,
  nameCharsMax: 120,
  tokenCharsMax: 128,
  /** A product's name on a slip of paper, which is no wider. */
  slipNameCharsMax: 40,
  /** Tax categories of a policy. */
  taxRatesMax: 32,
  /** Flags of a policy, and so of what a kiosk is answered. */
  flagsMax: 256,
  pageItemsMax: 100,

  /**
   * One journal entry as stored and sent. A full request grows twentyfold at worst: to each of its lines a judged one
   * with the catalogue's long names for the product, and six reasons.
   */
  entryBytesMax: 1280 * 1024,
  /** One feed item; a catalogue travels in pieces so that no item comes near it. */
  feedItemBytesMax: 192 * 1024,
  /** Items in one frame, and their raw bytes together (a single larger item travels alone). */
  frameItemsMax: 1000,
  frameRawBytesMax: 1024 * 1024,
  /** The largest MQTT payload either end accepts. */
  frameWireBytesMax: 2 * 1024 * 1024,
  catalogueProductsPerPieceMax: 250,
  /** A whole catalogue: a thousand full pieces, and more than any site of this kind holds. A larger file is refused. */
  catalogueProductsMax: 250_000,
  catalogueOffersMax: 250_000,
  /** Cards refused at the same time; every newcomer is sent the whole list. */
  hotListFingerprintsMax: 100_000,
  productCodesMax: 16,
  productOffersMax: 16,
  stockQuantityMax: 1_000_000_000,
  stockChangesPerItemMax: 500,
  /** Products running low that a status names. */
  lowStockItemsMax: 20,
  /** What a policy may ask for. */
  onlineWaitMsMax: 30_000,
  velocityRulesMax: 8,
  velocityWindowMinutesMax: 60 * 24 * 31,
  deviationBasisPointsMax: 1_000_000,
  /** Frames on their way without a receipt. */
  windowFramesMax: 16,
  /** Ranges of seqs in doubt that a salvage names of each kind; more are joined with what lies between them. */
  doubtRangesMax: 1000,
  /** What a health report may name, how long one may be, and how many travel in a frame. */
  healthConditionsMax: 32,
  healthReportBytesMax: 8 * 1024,
  healthReportsMax: 100,
  /** What a doctor found that travels with one report: within its bytes, whatever the language. */
  doctorChecksMax: 40,
  doctorWordsCharsMax: 200,
  doctorResultBytesMax: 5 * 1024,
} as const;
