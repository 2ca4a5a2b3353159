// `journal import`: a journal handed over as a file, from a disk that cannot speak for itself any more.
import { createReadStream } from 'node:fs';
import { type Command, Option } from 'commander';
import { Uuid } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import type { EndCode } from '../doubts/export-lines.ts';
import { type FileBytes, type FileFound, readThroughFile, runsOf } from '../doubts/hand-over.ts';
import type { Imported, JournalEnd } from '../doubts/port.ts';
import { CommandError, fileMissing } from '../errors.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { byCommand } from '../people/actor.ts';
import { counted, databaseCommand, type Said } from './command.ts';
import { applianceUnknown } from './enrolment-command.ts';
import { noteOption } from './note.ts';
import { useStore } from './open-store.ts';

interface Options {
  appliance: string;
  journal?: string;
  note: string;
}

const endWords: Record<EndCode, string> = {
  line_malformed: 'is no line of `holdfast journal export`',
  seq_missing: 'leaves entries out',
  entry_altered: 'does not follow from the line before: it was altered',
};

export function journalImport(): Command {
  return databaseCommand(
    {
      name: 'import',
      description: 'take in a journal that `holdfast journal export` wrote',
      arguments: [['<file>', 'as the export wrote it']],
      options: [
        new Option('--appliance <id>', 'whose it is').makeOptionMandatory(),
        new Option('--journal <id>', 'which one, where central has received nothing of it').argParser(
          journalId,
        ),
        noteOption('where the file comes from, signed by whoever runs this'),
      ],
      help: `What follows from central's last receipt, entry by entry, is stored as if the
box had sent it, and the running service books it; what does not is left out.
The file carries no signature: that it is this box's is your word, in the
audit log. Ends with 1 where something of the file was left out.`,
      examples: [
        'journal import leeds-2-1.jsonl --appliance leeds-2-1 --note "from its disk, read at the workshop" --config central.toml',
      ],
    },
    (dataFolder, options: Options, file: string) =>
      useStore(dataFolder, (store) => takeIn(store, options, file)),
  );
}

async function takeIn(
  store: SqliteStore,
  { appliance, journal, note }: Options,
  file: string,
): Promise<Said> {
  const ends = store.reading(() => store.journalEnds(appliance));
  if (ends === null) throw applianceUnknown(appliance);
  const bytes = bytesOf(file);
  const found = await readThroughFile(bytes, ends);
  if (found === null)
    throw refused(file, ['it does not begin as `holdfast journal export` writes'], 'See that command.');
  const journalId = journalOf(found, ends, journal, file);
  const { digest, firstSeq, lastSeq, end } = found;
  const handed = { applianceId: appliance, journalId, firstSeq, lastSeq, digest, note };
  const result = { journalId, receivedThrough: 0, stored: 0, firstSeq, lastSeq, end };
  for await (const run of runsOf(bytes, { applianceId: appliance, journalId, ends })) {
    const by = byCommand();
    // What is refused leaves nothing behind.
    const { receivedThrough, entries } = store.transaction(() => {
      const imported = store.importRun(run, by);
      if (imported.kind === 'stored' && result.stored === 0) store.noteImport(handed, by);
      return counts(imported, file, appliance);
    });
    result.receivedThrough = receivedThrough;
    result.stored += entries;
  }
  return { result, words: words(result), exitCode: end === null ? 0 : 1 };
}

/** @throws CommandError file_missing */
function bytesOf(file: string): FileBytes {
  return async function* () {
    try {
      yield* createReadStream(file) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw fileMissing(file, error);
    }
  };
}

/** @throws CommandError journal_unproven */
function journalOf(
  { journalId, firstSeq, lastSeq, end }: FileFound,
  ends: readonly JournalEnd[],
  named: string | undefined,
  file: string,
): string {
  if (journalId !== null && (named === undefined || named === journalId)) return journalId;
  const received = ends.find((one) => one.journalId === named)?.receivedThrough ?? 0;
  // Nothing of it was ever received, so that nothing here can bear it out: whoever names it signs for it.
  if (journalId === null && named !== undefined && received === 0) return named;
  const at = ends.map((one) => `central has ${one.receivedThrough} of journal ${one.journalId}`);
  throw new CommandError(
    'journal_unproven',
    named === undefined
      ? `${file} goes on from no journal of this appliance`
      : `${file} does not go on from journal ${named}`,
    'Nothing was taken. Export it from that seq or before; name --journal only where central has 0 of it.',
    { details: [`the file proves ${firstSeq} to ${lastSeq}`, ...endDetails(end), ...at] },
  );
}

/** @throws CommandError journal_unproven, journal_of_another */
function counts(
  taken: Imported,
  file: string,
  appliance: string,
): { receivedThrough: number; entries: number } {
  switch (taken.kind) {
    case 'stored':
      return taken;
    case 'repeated':
      return { ...taken, entries: 0 };
    case 'gap':
      throw refused(file, [`central has ${taken.receivedThrough}`], 'Export it from there or before.');
    case 'diverged':
      throw refused(
        file,
        ['it is not what central has received of that journal'],
        'See --appliance and --journal.',
      );
    case 'appliance_unknown':
      throw applianceUnknown(appliance);
    case 'of_another':
      throw new CommandError(
        'journal_of_another',
        `${file} is of ${taken.applianceId}`,
        'Nothing was taken. Name the appliance that wrote it.',
      );
    default:
      return unreachable(taken);
  }
}

function words(result: {
  journalId: string;
  receivedThrough: number;
  stored: number;
  end: FileFound['end'];
}): string {
  const { journalId, receivedThrough, stored, end } = result;
  const what =
    stored === 0 ? 'nothing new' : `${counted(stored, 'entry').replace('entrys', 'entries')} stored`;
  return [
    `journal ${journalId}: ${what}; central has ${receivedThrough}`,
    ...endDetails(end).map((detail) => `left out from there on: ${detail}`),
  ].join('\n');
}

function endDetails(end: FileFound['end']): string[] {
  return end === null ? [] : [`line ${end.line}, where ${end.seq} should stand, ${endWords[end.code]}`];
}

function refused(file: string, details: readonly string[], hint: string): CommandError {
  return new CommandError('journal_unproven', `${file} was not taken`, hint, { details });
}

/** @throws CommandError argument_malformed */
function journalId(text: string): string {
  if (Uuid.safeParse(text).success) return text;
  const hint = 'Use the id that `holdfast journal verify` names.';
  throw new CommandError('argument_malformed', `'${text}' is no journal's id`, hint);
}
