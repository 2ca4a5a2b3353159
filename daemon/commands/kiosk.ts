// `holdfast kiosk …`: what a technician does with kiosks. They work beside the running daemon and while it is stopped.
import type { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { type Kiosk, KioskName, KioskScope } from '../../contract/pairing.ts';
import { systemClock } from '../../kit/clock.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';
import { readConfig } from '../config.ts';
import { pairingLimits } from '../kiosks/judge-pairing.ts';
import { type KioskList, type KioskRegistry, openKioskRegistry } from '../store/kiosks/registry.ts';
import { addCommand, type Options, print } from './command.ts';
import { CommandError } from './error.ts';

/** A till that sells. To hand money back is granted by name. */
const defaultScopes = 'sell,read';

/** Adds the commands to the program. */
export function addKioskCommands(program: Command): void {
  const kiosk = program.command('kiosk').description('the terminals that may speak to this appliance');
  const command = (usage: string, description: string, ...examples: string[]) =>
    addCommand(kiosk, { usage, description, examples, exitCodes });

  command(
    'pair',
    'make a one-time code, which a kiosk trades for a token of its own',
    'holdfast kiosk pair --name till-3',
    'holdfast kiosk pair --name service-desk --scopes sell,refund,read --json',
  )
    .requiredOption('--name <name>', 'the kiosk: 1 to 32 of a-z, 0-9 and -')
    .option('--scopes <scopes>', `what it may do, of ${KioskScope.options.join(',')}`, defaultScopes)
    .action((options: Options & { name: string; scopes: string }) => pair(options));

  command(
    'list',
    'the kiosks that are paired, and the codes that wait for one',
    'holdfast kiosk list',
    'holdfast kiosk list --json',
  ).action((options: Options) =>
    withRegistry(options, (registry) => {
      const list = registry.list();
      print(options, list, describeList(list));
    }),
  );

  command(
    'rename <name> <new>',
    'give a kiosk another name; its token stays',
    'holdfast kiosk rename till-3 till-7',
  ).action((from: string, to: string, options: Options) => rename(options, from, to));

  command(
    'revoke <name>',
    'end a kiosk’s token at once, or take back the code that waits for it',
    'holdfast kiosk revoke till-3',
  ).action((name: string, options: Options) => revoke(options, name));
}

const exitCodes =
  '0 done, 1 not possible as things are (name taken or unknown), 2 called or configured wrongly';

function pair(options: Options & { name: string; scopes: string }): void {
  const kiosk: Kiosk = { name: parseName(options.name), scopes: parseScopes(options.scopes) };
  withRegistry(options, (registry) => {
    const offered = registry.offer(kiosk);
    if (offered.kind === 'name_taken') throw nameTaken(kiosk.name);
    if (offered.kind === 'full') {
      const hint = 'Revoke kiosks that are gone: `holdfast kiosk list`, `holdfast kiosk revoke <name>`.';
      throw new CommandError('kiosks_full', `there are ${pairingLimits.kiosksMax} kiosks already`, hint);
    }
    const { code, codeMsMax } = offered;
    const words = [
      `Code for ${kiosk.name} (${kiosk.scopes.join(', ')}): ${code}`,
      '',
      qrCode(code),
      '',
      `Type or scan it at the kiosk within ${minutes(codeMsMax)}. It works once; a new code replaces it.`,
    ].join('\n');
    print(options, { ...kiosk, code, validSeconds: codeMsMax / 1000 }, words);
  });
}

function rename(options: Options, from: string, to: string): void {
  const name = parseName(to);
  withRegistry(options, (registry) => {
    const result = registry.rename(from, name);
    switch (result) {
      case 'renamed':
        return print(options, { name, before: from }, `${from} is now ${name}`);
      case 'unknown':
        throw unknownKiosk(from);
      case 'name_taken':
        throw nameTaken(name);
    }
  });
}

function revoke(options: Options, name: string): void {
  withRegistry(options, (registry) => {
    const result = registry.revoke(name);
    switch (result) {
      case 'revoked':
        return print(options, { name, result }, `${name} is revoked: its token is refused from now on`);
      case 'code_taken_back':
        return print(options, { name, result }, `the code for ${name} is taken back; no kiosk had used it`);
      case 'unknown':
        throw unknownKiosk(name);
    }
  });
}

function withRegistry(options: Options, act: (registry: KioskRegistry) => void): void {
  const registry = openKioskRegistry(readConfig(options.config).dataFolder, systemClock());
  try {
    act(registry);
  } finally {
    registry.close();
  }
}

function parseName(text: string): string {
  const parsed = KioskName.safeParse(text);
  // Names go into logs (I11).
  if (parsed.success && !holdsCardNumber(text)) return parsed.data;
  const hint = 'Use 1 to 32 of a-z, 0-9 and -, not beginning with -, and no card number.';
  throw new CommandError('argument_malformed', 'this cannot be the name of a kiosk', hint);
}

/** In the order of the contract, each once. */
function parseScopes(text: string): Kiosk['scopes'] {
  const given = text.split(',').map((part) => part.trim());
  const scopes = KioskScope.options.filter((scope) => given.includes(scope));
  if (scopes.length > 0 && given.every((part) => KioskScope.safeParse(part).success)) return scopes;
  const hint = `Use one or more of ${KioskScope.options.join(',')}, separated by commas.`;
  throw new CommandError('argument_malformed', '--scopes names something else', hint);
}

function nameTaken(name: string): CommandError {
  const hint = `Choose another name; or, if the kiosk was replaced: \`holdfast kiosk revoke ${name}\` first.`;
  return new CommandError('kiosk_name_taken', `there is a kiosk ${name} already`, hint);
}

function unknownKiosk(name: string): CommandError {
  // Not every name that was typed can be one: it is shown as text.
  const shown = JSON.stringify(name.slice(0, 64));
  return new CommandError('kiosk_unknown', `there is no kiosk ${shown}`, 'See `holdfast kiosk list`.');
}

function describeList({ kiosks, codes }: KioskList): string {
  if (kiosks.length + codes.length === 0) {
    return 'No kiosk is paired. Begin with: holdfast kiosk pair --name till-1';
  }
  const rows = [
    ...kiosks.map(({ name, scopes, pairedAtMs }) => [
      name,
      scopes.join(','),
      `paired ${new Date(pairedAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ]),
    ...codes.map(({ name, scopes, leftMs }) => [
      name,
      scopes.join(','),
      `its code waits, ${minutes(leftMs)} left`,
    ]),
  ];
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2;
  const [names, scopes] = [width(0), width(1)];
  return rows
    .map(([name = '', may = '', state = '']) => name.padEnd(names) + may.padEnd(scopes) + state)
    .join('\n');
}

function minutes(ms: number): string {
  const whole = Math.ceil(ms / 60_000);
  return whole === 1 ? '1 minute' : `${whole} minutes`;
}

/** White on black in a terminal, whatever its colours: some scanners do not read it the other way round. */
function qrCode(code: string): string {
  const lines = renderUnicodeCompact(code, { ecc: 'M', border: 2 }).split('\n');
  if (!process.stdout.isTTY) return lines.join('\n');
  return lines.map((line) => `\u001b[97;40m${line}\u001b[0m`).join('\n');
}
