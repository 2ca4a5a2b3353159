// `token import`: what cards are called at other processors, so that a checkout can be charged there as well.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { readTokens, tokenColumns } from '../charging/read-tokens.ts';
import type { ProcessorToken } from '../charging/token-port.ts';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { noMistakes } from '../feed/csv.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { byCommand } from '../people/actor.ts';
import { command, configOption, counted } from './command.ts';
import { withPort } from './open-store.ts';
import { describeMistakes } from './read-catalogue.ts';

/** In one transaction: the running service has its turn between two. */
const pieceTokens = 500;

export function tokenImport(): Command {
  return command(
    {
      name: 'import',
      description: 'say what cards are called at other processors',
      arguments: [['<file>', `a CSV file: ${tokenColumns.join(',')}`]],
      options: [configOption().makeOptionMandatory()],
      help: `token is as checkouts carry it, processor_token as that processor knows the
same card. A line that is there already is replaced. All lines are taken, or
none.`,
      examples: ['token import tokens.csv --config central.toml'],
    },
    async ({ config }: { config: string }, file: string) => {
      const { dataFolder, processors } = readConfig(config);
      const names = Object.keys(processors);
      if (names.length === 0) {
        const hint = 'Name the processors in the configuration first: [processors.NAME].';
        throw new CommandError('tokens_malformed', 'there is no processor to have tokens', hint);
      }
      const tokens = await check(file, names);
      const changed = await withPort(dataFolder, (port) => write(port, file, names));
      return {
        result: { tokens, changed },
        words: `${counted(tokens, 'token')} read, ${changed} of them new or changed`,
      };
    },
  );
}

/** Reads the whole file once before anything is written. @throws CommandError tokens_malformed */
async function check(file: string, processors: readonly string[]): Promise<number> {
  const mistakes = noMistakes();
  let tokens = 0;
  for await (const _ of readTokens(file, processors, mistakes)) tokens++;
  if (mistakes.total === 0) return tokens;
  throw new CommandError(
    'tokens_malformed',
    `${file} was not taken`,
    'Nothing has changed. Correct the lines named.',
    {
      details: describeMistakes(mistakes.listed, mistakes.total),
    },
  );
}

async function write(port: LedgerPort, file: string, processors: readonly string[]): Promise<number> {
  let changed = 0;
  let piece: ProcessorToken[] = [];
  const flush = async () => {
    changed += await port.importTokens({ source: basename(file), tokens: piece }, byCommand());
    piece = [];
  };
  for await (const token of readTokens(file, processors, noMistakes())) {
    piece.push(token);
    if (piece.length === pieceTokens) await flush();
  }
  if (piece.length > 0) await flush();
  return changed;
}
