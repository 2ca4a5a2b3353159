// Puts a program into Node, as the order in a file says: what `pkg --sea` does with one file, with the settings that its
// command line does not hand on to Node (flags and files). A process of its own, because pkg goes by HOME, TMPDIR and the
// working folder, and holds each executable in memory several times.
import { readFileSync } from 'node:fs';
import pkg, { type SeaOptions } from '@yao-pkg/pkg/lib-es5/sea.js';

const [order = ''] = process.argv.slice(2);
const { entry, target, seaConfig } = JSON.parse(readFileSync(order, 'utf8')) as {
  entry: string;
  target: SeaOptions['targets'][number];
  seaConfig: NonNullable<SeaOptions['seaConfig']>;
};
await pkg.default(entry, { targets: [target], seaConfig });
