// The room's part of the store: every call of RolloutCalls on one connection.
import type Database from 'better-sqlite3';
import type { RolledCatalogues } from '../../ledger/sqlite/catalogues.ts';
import type { FeedTable } from '../../ledger/sqlite/feeds.ts';
import type { PolicyTable } from '../../ledger/sqlite/policies.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import { createAnswerCount } from '../count-answers.ts';
import type { RolloutCalls } from '../port.ts';
import { createBoxTable } from './boxes.ts';
import { createChanges } from './changes.ts';
import { createConfigurationTable } from './configurations.ts';
import { createLabelTable } from './labels.ts';
import { createReleaseTable } from './releases.ts';
import { createRolloutTable } from './rollouts.ts';
import { createSalesCount } from './sales.ts';
import { createTurn } from './turn.ts';

export function createRolloutTables(
  db: Database.Database,
  parts: { audit: Audit; policies: PolicyTable; catalogues: RolledCatalogues; feeds: FeedTable },
): {
  calls: RolloutCalls;
  /** A version is to be for everybody, whatever is on its way to some. */
  published(lane: 'policy' | 'catalogue', version: number, by: By): void;
  /** Begins a newcomer's feed with the configuration that is for everybody. */
  greet(applianceRef: number): void;
} {
  const { audit } = parts;
  const labels = createLabelTable(db, audit);
  const releases = createReleaseTable(db, audit);
  const boxes = createBoxTable(db);
  const configurations = createConfigurationTable(db, parts.feeds);
  const changes = createChanges(db, { ...parts, configurations });
  const sales = createSalesCount(db);
  const answered = createAnswerCount();
  const rollouts = createRolloutTable(db, { audit, labels, boxes, changes, sales, answered, releases });
  const turn = createTurn(db, { rollouts, boxes, changes, sales, answered });
  const { createRollout, rollout, rolloutBoxes, rolloutEvents, actOnRollout, openRollouts } = rollouts;
  return {
    calls: {
      ...{ createRollout, rollout, rolloutBoxes, rolloutEvents, actOnRollout, openRollouts },
      rollouts: rollouts.rollouts,
      turnRollout: turn.turnRollout,
      labels: labels.labels,
      setLabels: labels.setLabels,
      ...releases,
    },
    published: turn.superseded,
    greet: configurations.greet,
  };
}
