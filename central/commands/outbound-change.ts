// `outbound enable|disable|test|resend`: what is done with an endpoint that is there.
import { type Command, Option } from 'commander';
import { byCommand } from '../people/actor.ts';
import { counted, databaseCommand } from './command.ts';
import { withStore } from './open-store.ts';
import { endpointLine, endpointNumber, endpointUnknown } from './outbound-list.ts';
import { reasonOption } from './reason-option.ts';

const whichEndpoint: readonly [string, string][] = [['<endpoint>', 'its number']];

export function outboundSwitch(name: 'enable' | 'disable'): Command {
  const words = {
    enable: 'tell an endpoint again; what waited for it goes on',
    disable: 'tell an endpoint nothing any more, until it is enabled',
  };
  return databaseCommand(
    {
      name,
      description: words[name],
      arguments: whichEndpoint,
      options: [reasonOption()],
      examples: [`outbound ${name} 1 --reason "the shop moves" --config central.toml`],
    },
    (dataFolder, { reason }: { reason: string }, text: string) => {
      const number = endpointNumber(text);
      const state = name === 'enable' ? 'enabled' : 'disabled';
      const by = byCommand();
      const changed = withStore(dataFolder, (store) => store.switchEndpoint({ number, state, reason }, by));
      if (changed.kind === 'endpoint_unknown') throw endpointUnknown(number);
      return { result: changed.endpoint, words: endpointLine(changed.endpoint) };
    },
  );
}

export function outboundTest(): Command {
  return databaseCommand(
    {
      name: 'test',
      description: 'send an endpoint a test event; the running service sends it',
      arguments: whichEndpoint,
      examples: ['outbound test 1 --config central.toml'],
    },
    (dataFolder, _: object, text: string) => {
      const number = endpointNumber(text);
      const by = byCommand();
      const sent = withStore(dataFolder, (store) => store.testEndpoint(number, by));
      if (sent.kind === 'endpoint_unknown') throw endpointUnknown(number);
      const { eventId } = sent;
      return { result: { eventId }, words: `${eventId} is on its way; see outbound log ${number}` };
    },
  );
}

export function outboundResend(): Command {
  return databaseCommand(
    {
      name: 'resend',
      description: 'begin the tries of one event, or of all that are dead, anew',
      arguments: whichEndpoint,
      options: [new Option('--event <id>', 'this event only, whatever became of it'), reasonOption()],
      examples: [
        'outbound resend 1 --reason "the shop is back" --config central.toml',
        'outbound resend 1 --event 7c0d3f0a-526a-4a39-8f0e-6a4bb3a6b0a4 --reason "lost there" --config central.toml',
      ],
    },
    (dataFolder, { event, reason }: { event?: string; reason: string }, text: string) => {
      const endpoint = endpointNumber(text);
      const by = byCommand();
      const resend = { endpoint, eventId: event ?? null, reason };
      const resent = withStore(dataFolder, (store) => store.resendDeliveries(resend, by));
      if (resent.kind === 'endpoint_unknown') throw endpointUnknown(endpoint);
      const { deliveries } = resent;
      const words = `${counted(deliveries, 'event')} put on the way to endpoint ${endpoint}`;
      return { result: { deliveries }, words };
    },
  );
}
