// `appliance label`: words that boxes are chosen by for rollouts.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { Labels } from '../rollout/plan.ts';
import { databaseCommand } from './command.ts';
import { applianceUnknown } from './enrolment-command.ts';
import { refuseMissing, withStore } from './open-store.ts';

export function applianceLabel(): Command {
  return databaseCommand(
    {
      name: 'label',
      description: 'show or change the labels that rollouts choose a box by',
      arguments: [
        ['<id>', 'the appliance'],
        ['[pairs...]', 'name=value sets one, name= takes it away'],
      ],
      examples: ['appliance label leeds-1 group=city floor= --config central.toml'],
    },
    (dataFolder, _: object, id: string, pairs: string[]) => {
      const changes = labelsFrom(pairs);
      refuseMissing(dataFolder);
      const labels = withStore(dataFolder, (store) => {
        const before = store.labels(id);
        if (before === null || pairs.length === 0) return before;
        const all = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== '');
        const after = Labels.safeParse(Object.fromEntries(all));
        if (!after.success) throw malformed(after.error.issues.map(({ message }) => message).join('; '));
        store.setLabels(id, after.data, byCommand());
        return after.data;
      });
      if (labels === null) throw applianceUnknown(id);
      const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      return { result: { labels }, words: words.length === 0 ? 'no labels' : words.join('\n') };
    },
  );
}

/** @throws CommandError argument_malformed */
export function labelsFrom(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw malformed(`'${pair}' is no label`);
      return [name, value];
    }),
  );
}

function malformed(message: string): CommandError {
  const hint = 'Write labels as group=city: a small letter, then small letters, digits, - and _.';
  return new CommandError('argument_malformed', message, hint);
}
