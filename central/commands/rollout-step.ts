// `rollout pause|resume|abort`: what a person says to one on its way.
import { type Command, Option } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import type { RolloutAct, RolloutView } from '../rollout/port.ts';
import { notNowWords, rolloutWords } from '../rollout/words.ts';
import { countArgument, countOption, databaseCommand } from './command.ts';
import { refuseMissing, withStore } from './open-store.ts';
import { reasonOption } from './reason-option.ts';
import { rolloutUnknown } from './rollout-list.ts';

interface Options {
  reason: string;
  seen?: number;
  boxes?: 'keep' | 'return';
}

const descriptions: Record<RolloutAct['kind'], string> = {
  pause: 'give it to no further box until it is resumed',
  resume: 'go on; what went wrong until now is seen, and stops it no more',
  abort: 'end it; boxes that have it keep it, or get back what they had',
};

export function rolloutStep(verb: RolloutAct['kind']): Command {
  const boxes = new Option('--boxes <what>', 'that have it: keep it, or return')
    .choices(['keep', 'return'])
    .makeOptionMandatory();
  return databaseCommand(
    {
      name: verb,
      description: descriptions[verb],
      arguments: [['<number>', 'the rollout']],
      options: [
        reasonOption(),
        ...(verb === 'abort' ? [boxes] : []),
        countOption('--seen <version>', 'refuse when somebody acted since this version'),
      ],
      examples: [
        `rollout ${verb} 12 --reason "limits were wrong"${verb === 'abort' ? ' --boxes return' : ''} --config central.toml`,
      ],
    },
    (dataFolder, { reason, seen, boxes = 'keep' }: Options, text: string) => {
      const number = countArgument('NUMBER', text);
      const act: RolloutAct = verb === 'abort' ? { kind: verb, reason, boxes } : { kind: verb, reason };
      refuseMissing(dataFolder);
      const rollout = stepped(dataFolder, number, act, seen);
      return { result: rollout, words: rolloutWords(rollout) };
    },
  );
}

/** @throws CommandError rollout_unknown, rollout_changed, rollout_refused */
function stepped(dataFolder: string, number: number, act: RolloutAct, seen: number | undefined): RolloutView {
  const said = withStore(dataFolder, (store) => {
    const version = seen ?? store.rollout(number)?.version ?? 0;
    return store.actOnRollout({ number, version, act }, byCommand());
  });
  switch (said.kind) {
    case 'acted':
      return said.rollout;
    case 'rollout_unknown':
      throw rolloutUnknown(number);
    case 'changed':
      throw new CommandError(
        'rollout_changed',
        `rollout ${number} is at version ${said.version} now`,
        'Look with `rollout show`, then say that version by --seen.',
      );
    case 'not_now':
      throw new CommandError(
        'rollout_refused',
        `rollout ${number} is ${said.state}`,
        notNowWords(act.kind, said.state),
      );
    default:
      return unreachable(said);
  }
}
