// `enrolment create`: a one-time code for a box, and the slip for the technician; the site too when it is new.
import { type Command, Option } from 'commander';
import { defaultPolicy } from '../feed/default-policy.ts';
import { askForCode, type CodeOptions, codeOptions } from './code-asked.ts';
import { databaseCommand } from './command.ts';
import { codeDays, createdEnrolment, slipSaid } from './enrolment-command.ts';
import { withStore } from './open-store.ts';

type Options = CodeOptions & { html?: string };

export function enrolmentCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'make a one-time code for a box, and print its slip',
      options: [...codeOptions(codeDays), new Option('--html <file>', 'write a page to print too')],
      help: `A code that waits for the same box is cancelled by it. A box that enrols anew
keeps its id and its journal; its old certificate ends with the new one's use.`,
      examples: [
        'enrolment create --site "Leeds 2" --new-site --html slip.html --config central.toml',
        'enrolment create --site "Leeds 2" --appliance leeds-2-1 --json --config central.toml',
      ],
    },
    (dataFolder, options: Options) => {
      const { request, by, code, est, root } = askForCode(options);
      const { html } = options;
      const made = withStore(dataFolder, (store) => {
        // A box that enrols is greeted with the policy in force.
        store.ensurePolicy(defaultPolicy);
        return store.createEnrolment(request, by);
      });
      const enrolment = createdEnrolment(made, request.site);
      const { slip, words } = slipSaid(enrolment, { est, root, code, ...(html !== undefined && { html }) });
      return { result: { enrolment, slip }, words };
    },
  );
}
