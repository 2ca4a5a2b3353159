// `review decide`: a person's word on a review, with the reason.
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { type ReviewDecision, reviewDecisions } from '../people/reviews.ts';
import { countArgument, databaseCommand } from './command.ts';
import { noteOption } from './note.ts';
import { refuseMissing, withStore } from './open-store.ts';
import { eventWords, reviewWords, spokenReview } from './review-words.ts';

interface Options {
  config: string;
  note: string;
}
type Word = ReviewDecision | 'ask' | 'answer';
const words: readonly Word[] = [...reviewDecisions, 'ask', 'answer'];

export function reviewDecide(): Command {
  return databaseCommand(
    {
      name: 'decide',
      description: 'decide a review, ask about it, or answer what was asked',
      arguments: [
        ['<number>', 'its number'],
        ['<decision>', words.join(', ')],
      ],
      options: [noteOption('why, for whoever reads it later')],
      help: `Above the limits of reviews.secondPersonAboveMinor the first decision is a
proposal, which another person confirms by the same word.
docs/operations/reviews.md says what each decision does.`,
      examples: ['review decide 12 approve --note "the site knows this customer" --config central.toml'],
    },
    (dataFolder, options: Options, given: string, word: string) => {
      refuseMissing(dataFolder);
      const number = countArgument('<number>', given);
      const decision = wordOf(word);
      const rules = readConfig(options.config).reviews;
      const { note } = options;
      const by = byCommand();
      const said = withStore(dataFolder, (store) => {
        if (decision === 'ask') return store.speakOfReview({ number, kind: 'asked', note }, by);
        if (decision === 'answer') return store.speakOfReview({ number, kind: 'answered', note }, by);
        return store.decideReview({ number, decision, note, rules }, by);
      });
      const review = spokenReview(said, number);
      return { result: review, words: [reviewWords(review, rules), ...eventWords(review)].join('\n') };
    },
  );
}

/** @throws CommandError argument_malformed */
function wordOf(text: string): Word {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new CommandError('argument_malformed', `'${text}' is no decision`, `Use ${words.join(', ')}.`);
}
