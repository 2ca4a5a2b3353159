// `outbound list|log`: the endpoints, and what became of each delivery.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import type { AttemptView, DeliveryView, EndpointView } from '../webhooks/outbound-port.ts';
import { counted, countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function outboundList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: "show the endpoints of the merchant's own systems",
      examples: ['outbound list --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.endpoints(Date.now()));
      const words = items.length === 0 ? 'there is no endpoint' : items.map(endpointLine).join('\n');
      return { result: { items }, words };
    },
  );
}

export function outboundLog(): Command {
  return databaseCommand(
    {
      name: 'log',
      description: 'show deliveries with their attempts, the newest first',
      arguments: [['[endpoint]', 'its number']],
      options: [
        new Option('--state <state>', 'in this state only').choices(['waiting', 'delivered', 'dead']),
        countOption('--limit <count>', 'how many at a time').default(20),
        countOption('--before <number>', 'go on with those before this number'),
      ],
      examples: ['outbound log 1 --state dead --config central.toml'],
    },
    (
      dataFolder,
      {
        state = null,
        limit,
        before = 0,
      }: { state?: DeliveryView['state'] | null; limit: number; before?: number },
      text: string | undefined,
    ) => {
      const endpoint = text === undefined ? null : endpointNumber(text);
      const page = readStore(dataFolder, (store) =>
        store.deliveries({ endpoint, state, cursor: before || null, limit }),
      );
      const lines = page.items.flatMap((one) => [deliveryLine(one), ...one.attempts.map(attemptLine)]);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'nothing was to be delivered' : lines.join('\n') };
    },
  );
}

export function endpointLine({ number, url, state, types, waiting, dead, note }: EndpointView): string {
  const open = `${waiting} waiting, ${dead} dead`;
  return `${number}  ${state}  ${url}  ${types.join(', ')}  (${open}${note === '' ? '' : `; ${note}`})`;
}

function deliveryLine({ number, endpoint, type, about, eventId, state, tries }: DeliveryView): string {
  return `${number}  to ${endpoint}  ${type}  ${about}  ${eventId}  ${state} after ${counted(tries, 'attempt')}`;
}

function attemptLine({ atMs, durationMs, status, error, answer }: AttemptView): string {
  const said = answer === null || answer === '' ? '' : `  ${JSON.stringify(answer.slice(0, 80))}`;
  return `    ${new Date(atMs).toISOString()}  ${status ?? error}  ${durationMs} ms${said}`;
}

/** @throws CommandError argument_malformed */
export function endpointNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CommandError('argument_malformed', `'${text}' is no number of an endpoint`, 'See outbound list.');
}

export function endpointUnknown(number: number): CommandError {
  return new CommandError('endpoint_unknown', `there is no endpoint ${number}`, 'See outbound list.');
}
