// `rollout create`: brings a policy, flags, a configuration, a catalogue or a release to boxes, the canary first.
import { type Command, Option } from 'commander';
import type * as z from 'zod';
import { describeIssue } from '../../contract/issue-words.ts';
import { Policy } from '../../contract/policy.ts';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { byCommand } from '../people/actor.ts';
import { createRollout } from '../rollout/create.ts';
import { Change, Plan, Target } from '../rollout/plan.ts';
import { createdWords, rolloutWords } from '../rollout/words.ts';
import { labelsFrom } from './appliance-label.ts';
import { databaseCommand } from './command.ts';
import { withPort } from './open-store.ts';
import { readConfiguration, readPolicy } from './read-document.ts';
import { readText } from './read-text.ts';

interface Options {
  policy?: string;
  flags?: string;
  configuration?: string;
  catalogue?: number;
  release?: string;
  anyHour?: boolean;
  site?: string[];
  label?: string[];
  appliance?: string[];
  canary?: number;
  canaryAppliance?: string[];
  stages?: number[];
  soakMinutes?: number;
  confirmedPercent?: number;
  failedPercent?: number;
  declinesPoints?: number | null;
  errorsPoints?: number | null;
  silentMinutes?: number;
  probe?: boolean;
  onFailure?: 'pause' | 'roll_back';
}

export function rolloutCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'bring one thing to boxes, the canary first',
      options: [
        new Option('--policy <file>', 'bring this policy, JSON or TOML'),
        new Option('--flags <file>', 'the policy in force with these flags, JSON').conflicts('policy'),
        new Option('--configuration <file>', 'what central sets at boxes, TOML or JSON').conflicts([
          'policy',
          'flags',
        ]),
        whole('--catalogue <draft>', 'bring this draft of `catalogue drafts`').conflicts([
          'policy',
          'flags',
          'configuration',
        ]),
        new Option('--release <name>', 'bring a release of `release add`').conflicts([
          'policy',
          'flags',
          'configuration',
          'catalogue',
        ]),
        new Option('--any-hour', 'boxes may change over while the shop is open'),
        new Option('--site <names...>', 'boxes of these sites'),
        new Option('--label <pairs...>', 'boxes with all of these, as group=city'),
        new Option('--appliance <ids...>', 'these boxes'),
        whole('--canary <count>', 'how many are first (1)'),
        new Option('--canary-appliance <ids...>', 'who is first').conflicts('canary'),
        new Option('--stages <shares>', 'after the canary (10,50,100)').argParser(shares),
        whole('--soak-minutes <count>', 'rest after each stage (30)'),
        whole('--confirmed-percent <share>', 'proved before a stage ends (90)'),
        whole('--failed-percent <share>', 'more failures end it (2)'),
        new Option('--declines-points <points>', 'more declines than the others, or off (5)').argParser(
          points,
        ),
        new Option('--errors-points <points>', 'more failed requests than the others, or off (2)').argParser(
          points,
        ),
        whole('--silent-minutes <count>', 'how long a box is waited for (1440)'),
        new Option('--probe', 'a box counts after a synthetic checkout'),
        new Option('--on-failure <act>', 'when a bound is passed (roll_back)').choices([
          'pause',
          'roll_back',
        ]),
      ],
      help: 'Without --site, --label and --appliance it goes to every box that is let in,\nand is in force for newcomers when it is done. The whole of it:\ndocs/operations/rollout.md',
      examples: [
        'rollout create --policy policy.toml --stages 10,50,100 --config central.toml',
        'rollout create --catalogue 7 --site leeds --stages none --config central.toml',
        'rollout create --configuration boxes.toml --canary-appliance leeds-1 --config central.toml',
        'rollout create --release 0.2.0 --label group=city --canary-appliance leeds-1 --config central.toml',
      ],
    },
    async (dataFolder, options: Options) => {
      const asked = {
        change: changeOf(options),
        target: parsed(Target, targetOf(options)),
        plan: parsed(Plan, planOf(options)),
      };
      const made = await withPort(dataFolder, async (port) => {
        await port.ensurePolicy(defaultPolicy);
        return createRollout(port, asked, byCommand());
      });
      if (made.kind === 'created') return { result: made.rollout, words: rolloutWords(made.rollout) };
      const { message, hint } = createdWords(made);
      throw new CommandError('rollout_refused', message, hint);
    },
  );
}

function changeOf(options: Options): z.output<typeof Change> {
  const { policy, flags, configuration, catalogue: draft, release, anyHour } = options;
  if (policy !== undefined) return { kind: 'policy', policy: readPolicy(policy) };
  if (flags !== undefined) return { kind: 'flags', flags: readFlags(flags) };
  if (configuration !== undefined) return { kind: 'configuration', values: readConfiguration(configuration) };
  if (draft !== undefined) return parsed(Change, { kind: 'catalogue', draft });
  if (release !== undefined) return parsed(Change, { kind: 'release', release, anyHour });
  const hint = 'Give --policy, --flags, --configuration, --catalogue or --release.';
  throw new CommandError('argument_malformed', 'a rollout brings one thing', hint);
}

function readFlags(file: string): z.output<typeof Policy.shape.flags> {
  let value: unknown;
  try {
    value = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('file_malformed', `${file} is no JSON`, 'Write an object of flags.', {
      cause: error,
    });
  }
  return parsed(Policy.shape.flags.unwrap(), value);
}

function targetOf({ site, label, appliance }: Options): z.input<typeof Target> {
  return {
    ...(site && { sites: site }),
    ...(label && { labels: labelsFrom(label) }),
    ...(appliance && { appliances: appliance }),
  };
}

function planOf(options: Options): z.input<typeof Plan> {
  const { canary, canaryAppliance } = options;
  return {
    ...(canaryAppliance
      ? { canary: { appliances: canaryAppliance } }
      : canary && { canary: { count: canary } }),
    stagesPercent: options.stages,
    soakMinutes: options.soakMinutes,
    confirmedPercentMin: options.confirmedPercent,
    failedPercentMax: options.failedPercent,
    declinesPointsMax: options.declinesPoints,
    errorsPointsMax: options.errorsPoints,
    silentMinutesMax: options.silentMinutes,
    probe: options.probe ? 'required' : 'ignored',
    onFailure: options.onFailure,
  };
}

/** @throws CommandError argument_malformed naming each field */
function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const details = found.error.issues.map(describeIssue);
  throw new CommandError('argument_malformed', 'the rollout is not understood', 'Correct what is named.', {
    details,
  });
}

function whole(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new CommandError('argument_malformed', `'${text}' is not a whole number`, `See ${flags}.`);
  });
}

function shares(text: string): number[] {
  if (text === 'none') return [];
  if (/^\d{1,3}(,\d{1,3})*$/.test(text)) return text.split(',').map(Number);
  const hint = 'Use shares that grow to 100, as 10,50,100; none: the canary is all.';
  throw new CommandError('argument_malformed', `'${text}' are no shares`, hint);
}

function points(text: string): number | null {
  if (text === 'off') return null;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new CommandError('argument_malformed', `'${text}' are no points`, 'Use a whole number, or off.');
}
