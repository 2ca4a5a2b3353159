// Sites in the database: a name, and who made it known.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { actorWords, type By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { EnrolmentCalls, SiteView } from '../port.ts';

export interface SiteTable extends Pick<EnrolmentCalls, 'createSite' | 'sites'> {
  known(name: string): boolean;
  make(name: string, by: By): void;
  /** An id that nobody has: `leeds-2-1` for the first box of "Leeds 2". */
  nextApplianceId(site: string): string;
}

export function createSiteTable(db: Database.Database, audit: Audit): SiteTable {
  const find = db.prepare<[string], { name: string; createdMs: number; createdBy: string }>(
    'SELECT name, created_ms AS createdMs, created_by AS createdBy FROM site WHERE name = ?',
  );
  const all = db.prepare<[], { name: string; createdMs: number; createdBy: string }>(
    'SELECT name, created_ms AS createdMs, created_by AS createdBy FROM site ORDER BY name',
  );
  const insert = db.prepare('INSERT INTO site (name, created_ms, created_by) VALUES (?, ?, ?)');
  const appliancesOf = db
    .prepare<[string], string>('SELECT id FROM appliance WHERE site = ? ORDER BY id')
    .pluck();
  const openOf = db
    .prepare<[string, number], number>(
      `SELECT count(*) FROM enrolment
       WHERE site = ? AND issued_ms IS NULL AND cancelled_ms IS NULL AND expires_ms > ?`,
    )
    .pluck();
  const taken = db
    .prepare<[string, string], number>(
      'SELECT EXISTS (SELECT 1 FROM appliance WHERE id = ?) OR EXISTS (SELECT 1 FROM enrolment WHERE appliance_id = ?)',
    )
    .pluck();

  const view = (row: { name: string; createdMs: number; createdBy: string }, nowMs: number): SiteView => ({
    ...row,
    applianceIds: appliancesOf.all(row.name),
    openEnrolments: openOf.get(row.name, nowMs) ?? 0,
  });

  const table: SiteTable = {
    known: (name) => find.get(name) !== undefined,
    make(name, by) {
      insert.run(name, by.nowMs, actorWords(by.actor));
      audit(by, 'site.create', `site ${name}`, {});
    },
    nextApplianceId(site) {
      const stem = idStem(site);
      for (let number = 1; ; number++) {
        const id = `${stem}-${number}`;
        if (taken.get(id, id) === 0) return id;
      }
    },
    createSite({ name }, by) {
      if (table.known(name)) return { kind: 'site_known' };
      table.make(name, by);
      return { kind: 'created', site: view(present(find.get(name), 'the site just made'), by.nowMs) };
    },
    sites: (nowMs) => all.all().map((row) => view(row, nowMs)),
  };
  return table;
}

/** The site's name in the signs of an appliance's id, with room for a number behind it. */
function idStem(site: string): string {
  const plain = site
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
  return plain === '' ? 'box' : plain;
}
