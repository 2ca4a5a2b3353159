// Who gets it when: the canary first, the others in an order that is another for every rollout, so that it is not always
// the same shop that is early.
import { hash } from 'node:crypto';
import type { Plan } from './plan.ts';

export function orderBoxes<Box extends { id: string }>(
  boxes: readonly Box[],
  canary: Plan['canary'],
  rollout: number,
): Box[] {
  const named = 'appliances' in canary ? canary.appliances : [];
  const first = new Map(named.map((id, i) => [id, i]));
  const keyed = boxes.map((box) => ({
    box,
    early: first.get(box.id) ?? named.length,
    lot: hash('sha256', `${rollout} ${box.id}`),
  }));
  return keyed.sort((a, b) => a.early - b.early || (a.lot < b.lot ? -1 : 1)).map(({ box }) => box);
}
