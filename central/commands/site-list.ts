// `site list`, `site show`: the places, their boxes, and codes that wait.
import type { Command } from 'commander';
import { enrolmentWords, siteWords } from '../enrolment/words.ts';
import { CommandError } from '../errors.ts';
import { databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';

export function siteList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the sites with their appliances',
      examples: ['site list --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.sites(Date.now()));
      const words = items.length === 0 ? 'there is no site yet' : items.map(siteWords).join('\n');
      return { result: { items }, words };
    },
  );
}

export function siteShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show a site with its appliances and codes',
      arguments: [['<name>', 'the site']],
      examples: ['site show "Leeds 2" --config central.toml'],
    },
    (dataFolder, _: object, name: string) => {
      const nowMs = Date.now();
      const found = readStore(dataFolder, (store) => {
        const site = store.sites(nowMs).find((one) => one.name === name);
        const page = store.enrolments({ open: false, cursor: null, limit: 1000, nowMs });
        return site && { ...site, enrolments: page.items.filter((one) => one.site === name) };
      });
      if (!found) throw new CommandError('site_unknown', `there is no site '${name}'`, 'See `site list`.');
      const made = `  since ${momentWords(found.createdMs)}, by ${found.createdBy}`;
      const lines = [siteWords(found), made, ...found.enrolments.map((one) => `  ${enrolmentWords(one)}`)];
      return { result: found, words: lines.join('\n') };
    },
  );
}
