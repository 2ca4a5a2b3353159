// What must not exist of collections and attempts: part of the ledger's check. Each statement selects it, `detail` says where.

const checkout = `'checkout ' || c.checkout_id`;
/** What the movements of a collection's attempts put on accounts that begin so. */
const ofAttempts = (reasons: string, accounts: string) =>
  `coalesce((SELECT sum(p.amount_minor) FROM attempt a
     JOIN movement m ON m.source = 'attempt' AND m.source_ref = a.ref AND m.reason IN (${reasons})
     JOIN posting p ON p.movement_id = m.id AND p.account GLOB '${accounts}'
   WHERE a.collection_ref = c.ref), 0)`;
const captures = ofAttempts(`'capture', 'adjustment'`, 'receivable:processor:*');
const returns = ofAttempts(`'refund_made', 'void_made', 'correction'`, 'receivable:processor:*');

/** What is left on the customer's account of one checkout: its entries, its attempts, and what was written off. */
const owed = `coalesce((SELECT sum(p.amount_minor) FROM posting p JOIN movement m ON m.id = p.movement_id
  WHERE p.account = 'receivable:customer' AND m.id IN (
    SELECT e.id FROM document d JOIN movement e ON e.journal_ref = d.journal_ref AND e.seq = d.seq
      WHERE d.id = c.checkout_id AND d.appliance_ref = c.appliance_ref
    UNION SELECT e.id FROM document d JOIN movement e ON e.journal_ref = d.journal_ref AND e.seq = d.seq
      WHERE d.checkout_id = c.checkout_id AND d.appliance_ref = c.appliance_ref AND d.kind = 'void'
    UNION SELECT e.id FROM decision d JOIN movement e ON e.journal_ref = d.journal_ref AND e.seq = d.seq
      WHERE d.checkout_id = c.checkout_id AND d.appliance_ref = c.appliance_ref
    UNION SELECT e.id FROM attempt a JOIN movement e ON e.source = 'attempt' AND e.source_ref = a.ref
      WHERE a.collection_ref = c.ref
    UNION SELECT id FROM movement WHERE source = 'write_off' AND source_ref = c.ref)), 0)`;

export const collectionChecks: readonly { code: string; sql: string }[] = [
  {
    code: 'captured_differs',
    sql: `SELECT ${checkout} || ' says ' || captured_minor || ' captured, its movements ' || ${captures} AS detail
      FROM collection c WHERE captured_minor <> ${captures}`,
  },
  {
    code: 'refunded_differs',
    sql: `SELECT ${checkout} || ' says ' || refunded_minor || ' given back, its movements ' || -${returns} AS detail
      FROM collection c WHERE refunded_minor <> -${returns}`,
  },
  {
    code: 'collection_unsettled',
    sql: `SELECT ${checkout} || ' is ' || state || ' and leaves ' || ${owed} || ' with the customer' AS detail
      FROM collection c WHERE state IN ('collected', 'released', 'written_off') AND ${owed} <> 0`,
  },
  {
    // Between the first and the last collection; before and after, no processor need have been configured.
    code: 'checkout_not_collected',
    sql: `SELECT 'checkout ' || d.id || ' was sold and is not collected' AS detail FROM document d
      WHERE d.kind = 'checkout' AND d.state = 'booked' AND d.total_minor > 0
        AND d.booked_ms > (SELECT min(opened_ms) FROM collection)
        AND d.booked_ms < (SELECT max(opened_ms) FROM collection)
        AND NOT EXISTS (SELECT 1 FROM collection c WHERE c.appliance_ref = d.appliance_ref AND c.checkout_id = d.id)`,
  },
  {
    code: 'payback_not_returned',
    sql: `SELECT 'refund ' || b.document_id || ' is returned without an approved call' AS detail FROM payback b
      WHERE b.state = 'returned' AND NOT EXISTS (SELECT 1 FROM attempt a
        WHERE a.payback_ref = b.ref AND a.purpose = 'refund' AND a.state = 'approved')`,
  },
  {
    code: 'collection_forgotten',
    sql: `SELECT ${checkout} || ' is open, and nothing is due or on its way' AS detail FROM collection c
      WHERE state = 'open' AND wanted <> 'authorised' AND due_ms IS NULL
        AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.collection_ref = c.ref AND a.state = 'sent')`,
  },
];
