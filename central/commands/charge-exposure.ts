// `charge exposure`: what each appliance approved offline and was not paid for, and what of it is lost.
import { type Command, Option } from 'commander';
import { moneyWords } from '../money-words.ts';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

interface Options {
  site?: string;
  limit: number;
}

export function chargeExposure(): Command {
  return databaseCommand(
    {
      name: 'exposure',
      description: 'show what sites approved and were not paid for, the greatest loss first',
      options: [
        new Option('--site <site>', 'only of this site'),
        countOption('--limit <count>', 'how many appliances').default(200),
      ],
      examples: [
        'charge exposure --config central.toml',
        'charge exposure --site kings-road --config central.toml',
      ],
    },
    (dataFolder, { site, limit }: Options) => {
      const items = readStore(dataFolder, (store) => store.exposure({ site: site ?? null, limit }));
      const lines = items.map((one) => {
        const { applianceId, currency, openMinor, heldMinor, writtenOffMinor } = one;
        const money = (minor: number) => moneyWords(minor, currency);
        const counts = `${one.openCount} open, ${one.heldCount} held, ${one.writtenOffCount} written off`;
        const where = one.site === null ? applianceId : `${one.site} ${applianceId}`;
        return `${where}  ${money(openMinor)} open, ${money(heldMinor)} held, ${money(writtenOffMinor)} written off  (${counts})`;
      });
      return { result: { items }, words: lines.length === 0 ? 'nothing is exposed' : lines.join('\n') };
    },
  );
}
