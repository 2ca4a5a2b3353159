// `audit verify`: proves that nobody changed the audit log, from its own bytes.
import { type Command, Option } from 'commander';
import { Sha256Hex } from '../../contract/id.ts';
import { CommandError, exitCodes } from '../errors.ts';
import { type AuditProof, type Noted, verifyAudit } from '../people/verify-audit.ts';
import { databaseCommand } from './command.ts';
import { refuseMissing, withPort } from './open-store.ts';

export function auditVerify(): Command {
  return databaseCommand(
    {
      name: 'verify',
      description: 'prove that the audit log is as it was written; exit 1 when not',
      options: [
        new Option('--noted <number:hash>', 'what an earlier run ended with: it must still be there'),
      ],
      help: `The chain shows a record that was changed or left out. Whether its end was cut
off it cannot show alone: note what this prints in another place, and give it
back with --noted.`,
      examples: ['audit verify --config central.toml'],
    },
    async (dataFolder, { noted }: { noted?: string }) => {
      refuseMissing(dataFolder);
      const known = noted === undefined ? null : parseNoted(noted);
      const proof = await withPort(dataFolder, (port) => verifyAudit(port, known));
      return {
        result: proof,
        words: proofWords(proof),
        exitCode: proof.kind === 'whole' ? 0 : exitCodes.audit_broken,
      };
    },
  );
}

function proofWords(proof: AuditProof): string {
  if (proof.kind === 'broken') return `audit_broken at record ${proof.number}: ${proof.detail}`;
  return `${proof.records} records, each follows the one before\nnote this: ${proof.records}:${proof.hash}`;
}

/** @throws CommandError argument_malformed */
function parseNoted(text: string): Noted {
  const [number = '', hash = ''] = text.split(':');
  if (/^\d{1,15}$/.test(number) && Sha256Hex.safeParse(hash).success) return { number: Number(number), hash };
  const hint = 'Give --noted what `audit verify` printed after "note this".';
  throw new CommandError('argument_malformed', `'${text}' is no number and hash`, hint);
}
