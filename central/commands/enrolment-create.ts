// `enrolment create`: a one-time code for a box, and the slip for the technician; the site too when it is new.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { byCommand } from '../people/actor.ts';
import { countOption, databaseCommand } from './command.ts';
import {
  assertApplianceId,
  assertSiteName,
  codeDays,
  codeDaysMax,
  createdEnrolment,
  estOf,
  freshCode,
  slipSaid,
} from './enrolment-command.ts';
import { withStore } from './open-store.ts';

interface Options {
  config: string;
  site: string;
  newSite?: boolean;
  appliance?: string;
  days: number;
  html?: string;
}

export function enrolmentCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'make a one-time code for a box, and print its slip',
      options: [
        new Option('--site <name>', 'where the box is to stand').makeOptionMandatory(),
        new Option('--new-site', 'the site is new: make it known too'),
        new Option('--appliance <id>', 'its id; the next one of the site unless given'),
        countOption('--days <count>', 'for how long the code waits').default(codeDays),
        new Option('--html <file>', 'write a page to print too'),
      ],
      help: `A code that waits for the same box is cancelled by it. A box that enrols anew
keeps its id and its journal; its old certificate ends with the new one's use.`,
      examples: [
        'enrolment create --site "Leeds 2" --new-site --html slip.html --config central.toml',
        'enrolment create --site "Leeds 2" --appliance leeds-2-1 --json --config central.toml',
      ],
    },
    (dataFolder, options: Options) => {
      const { config, site, newSite = false, appliance = null, days, html } = options;
      assertSiteName(site);
      if (appliance !== null) assertApplianceId(appliance);
      if (days > codeDaysMax) {
        const hint = `Give --days 1 to ${codeDaysMax}.`;
        throw new CommandError('argument_malformed', 'that is too long for a code', hint);
      }
      const { est, root } = estOf(config);
      const { code, codeHash } = freshCode();
      const by = byCommand();
      const expiresMs = by.nowMs + days * 86_400_000;
      const made = withStore(dataFolder, (store) => {
        // A box that enrols is greeted with the policy in force.
        store.ensurePolicy(defaultPolicy);
        return store.createEnrolment({ site, newSite, applianceId: appliance, codeHash, expiresMs }, by);
      });
      const enrolment = createdEnrolment(made, site);
      const { slip, words } = slipSaid(enrolment, { est, root, code, ...(html !== undefined && { html }) });
      return { result: { enrolment, slip }, words };
    },
  );
}
