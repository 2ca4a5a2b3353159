// `holdfast pin …`: the PIN that opens the technician's page.
import type { Command } from 'commander';
import { addCommand, type Options } from './command.ts';
import type { PinOptions } from './run-pin.ts';

export function addPinCommands(program: Command): void {
  const pin = program.command('pin').description('the PIN of the technician’s page');
  addCommand(pin, {
    usage: 'set',
    description: 'set it, or another: whoever is signed in is signed out',
    examples: ['holdfast pin set', 'holdfast pin set --stdin < /run/media/stick/pin'],
    exitCodes: '0 done, 1 not possible, 2 called wrongly, or a PIN too easy',
  })
    .option('--stdin', 'read it from standard input, once')
    .action(async (options: PinOptions) => (await import('./run-pin.ts')).setPin(options));
  addCommand(pin, {
    usage: 'clear',
    description: 'take it away: the page shows nothing until another is set',
    examples: ['holdfast pin clear'],
    exitCodes: '0 done, or there was none; 2 called or configured wrongly',
  }).action(async (options: Options) => (await import('./run-pin.ts')).clearPin(options));
}
