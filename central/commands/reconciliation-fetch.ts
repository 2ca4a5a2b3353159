// `reconciliation fetch`: takes in what was brought to the inbox.
import type { Command } from 'commander';
import type { Fetched } from '../reconciliation/inbox.ts';
import { counted } from './command.ts';
import { refuseMissing, withPort } from './open-store.ts';
import { configuredCommand, fetchByHand } from './reconciliation-command.ts';

export function reconciliationFetch(): Command {
  return configuredCommand(
    {
      name: 'fetch',
      description: 'take in every file in the inbox',
      help: `The inbox holds processors/NAME and banks/ACCOUNT; a file goes to done or
failed there. Write it under a name that ends in .part and rename it when it is
whole.`,
      examples: ['reconciliation fetch --config central.toml --json'],
    },
    async (config) => {
      refuseMissing(config.dataFolder);
      const fetched = await withPort(config.dataFolder, (port) => fetchByHand(config, port));
      const words = fetched.length === 0 ? 'The inbox is empty.' : fetched.map(describeFetched).join('\n');
      const exitCode = fetched.some(({ outcome }) => outcome.kind === 'failed') ? 1 : 0;
      return { result: { fetched }, words, exitCode };
    },
  );
}

export function describeFetched({ source: { side, source }, name, outcome }: Fetched): string {
  const from = `${side} ${source}, ${name}`;
  switch (outcome.kind) {
    case 'imported':
      return `${from}: file ${outcome.file.ref}, ${counted(outcome.file.rows, 'row')}, ${outcome.file.setAside} set aside`;
    case 'known':
      return `${from}: imported before as file ${outcome.file.ref}`;
    case 'failed':
      return `${from}: FAILED ${outcome.code}: ${outcome.message}`;
  }
}
