// Labels of appliances: by them, and by their sites, the boxes of a rollout are chosen.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Labels, Target } from '../plan.ts';
import type { RolloutCalls } from '../port.ts';
import type { Lane } from './changes.ts';

export interface LabelTable extends Pick<RolloutCalls, 'labels' | 'setLabels'> {
  /** The appliances that are let in and that the target names. */
  chosen(target: Target): { ref: number; id: string; versions: Record<Lane, number> }[];
}

export function createLabelTable(db: Database.Database, audit: Audit): LabelTable {
  const known = db.prepare<[string, string], number>(
    'SELECT 1 FROM appliance WHERE id = ? UNION SELECT 1 FROM enrolment WHERE appliance_id = ?',
  );
  const of = db.prepare<[string], { name: string; value: string }>(
    'SELECT name, value FROM appliance_label WHERE appliance_id = ? ORDER BY name',
  );
  const clear = db.prepare('DELETE FROM appliance_label WHERE appliance_id = ?');
  const insert = db.prepare('INSERT INTO appliance_label (appliance_id, name, value) VALUES (?, ?, ?)');
  const chosen = db.prepare<object, { ref: number; id: string } & Omit<Record<Lane, number>, 'release'>>(
    `SELECT ref, id, policy_version AS policy, configuration_version AS configuration, catalogue_version AS catalogue
     FROM appliance
     WHERE (@sites IS NULL OR site IN (SELECT value FROM json_each(@sites)))
       AND (@appliances IS NULL OR id IN (SELECT value FROM json_each(@appliances)))
       AND NOT EXISTS (SELECT 1 FROM json_each(@labels) AS wanted WHERE NOT EXISTS (
         SELECT 1 FROM appliance_label
         WHERE appliance_id = appliance.id AND name = wanted.key AND value = wanted.value))
       AND NOT EXISTS (SELECT 1 FROM denial WHERE denial.appliance_id = appliance.id AND readmitted_ms IS NULL)
     ORDER BY ref`,
  );
  const read = (applianceId: string): Labels =>
    Object.fromEntries(of.all(applianceId).map(({ name, value }) => [name, value]));

  return {
    labels: (applianceId) => (known.get(applianceId, applianceId) ? read(applianceId) : null),
    setLabels(applianceId, labels, by) {
      if (!known.get(applianceId, applianceId)) return 'appliance_unknown';
      const before = read(applianceId);
      clear.run(applianceId);
      for (const [name, value] of Object.entries(labels)) insert.run(applianceId, name, value);
      audit(by, 'appliance.label', `appliance ${applianceId}`, { before, labels });
      return 'set';
    },
    chosen: ({ sites, labels = {}, appliances }) =>
      chosen
        .all({
          sites: sites === undefined ? null : JSON.stringify(sites),
          appliances: appliances === undefined ? null : JSON.stringify(appliances),
          labels: JSON.stringify(labels),
        })
        .map(({ ref, id, ...versions }) => ({ ref, id, versions: { ...versions, release: 0 } })),
  };
}
