// `outbound create|rotate`: where the merchant's own systems are told, and the secret that signs what they are told.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { newEndpointSecret, type OutboundType, outboundTypes, urlProblem } from '../webhooks/outbound.ts';
import { overlapHoursMax, overlapHoursUsual } from '../webhooks/outbound-routes.ts';
import { databaseCommand } from './command.ts';
import { withStore } from './open-store.ts';
import { endpointNumber, endpointUnknown } from './outbound-list.ts';

export function outboundCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'add an endpoint; its secret is printed this once',
      arguments: [['<url>', 'https, or http for this machine itself']],
      options: [
        new Option('--types <types...>', 'what it is told').choices(outboundTypes).makeOptionMandatory(),
        new Option('--note <words>', 'for people').default(''),
      ],
      examples: [
        'outbound create https://shop.example/holdfast --types checkout.captured payout.made --config central.toml',
      ],
    },
    (dataFolder, { types, note }: { types: OutboundType[]; note: string }, url: string) => {
      const problem = urlProblem(url);
      if (problem !== null)
        throw new CommandError('url_refused', 'events may not be sent there', `${problem}.`);
      const secret = newEndpointSecret();
      const by = byCommand();
      const created = withStore(dataFolder, (store) =>
        store.createEndpoint({ url, types, note: note.slice(0, 200), secret }, by),
      );
      if (created.kind === 'full') {
        throw new CommandError(
          'endpoints_full',
          'there are as many endpoints as there may be',
          'Change one.',
        );
      }
      const { endpoint } = created;
      return {
        result: { endpoint, secret },
        words: `endpoint ${endpoint.number} is told ${types.join(', ')}\nits secret, shown this once: ${secret}`,
      };
    },
  );
}

export function outboundRotate(): Command {
  return databaseCommand(
    {
      name: 'rotate',
      description: 'make a new secret; the old one signs too for a while',
      arguments: [['<endpoint>', 'its number']],
      options: [
        new Option('--overlap-hours <hours>', 'for how long both sign')
          .argParser((text) => {
            if (/^\d{1,3}$/.test(text) && Number(text) <= overlapHoursMax) return Number(text);
            const hint = `Give 0 to ${overlapHoursMax} hours.`;
            throw new CommandError('argument_malformed', `'${text}' is no number of hours`, hint);
          })
          .default(overlapHoursUsual),
      ],
      examples: ['outbound rotate 1 --overlap-hours 48 --config central.toml'],
    },
    (dataFolder, { overlapHours }: { overlapHours: number }, text: string) => {
      const number = endpointNumber(text);
      const secret = newEndpointSecret();
      const by = byCommand();
      const oldUntilMs = by.nowMs + overlapHours * 3_600_000;
      const changed = withStore(dataFolder, (store) =>
        store.rotateEndpoint({ number, secret, oldUntilMs }, by),
      );
      if (changed.kind === 'endpoint_unknown') throw endpointUnknown(number);
      const until = new Date(oldUntilMs).toISOString();
      return {
        result: { endpoint: changed.endpoint, secret },
        words: `the secret of endpoint ${number}, shown this once: ${secret}\nthe one before signs too until ${until}`,
      };
    },
  );
}
