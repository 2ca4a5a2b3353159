// A long answer travels compressed: the rows of a fleet are a fiftieth then. What is short, or may hold a secret, goes as it is.
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Context } from 'koa';

/** A shorter one fits into a few packets anyhow. */
const charsMin = 16 * 1024;
/** In a thread of its own, at the level that costs least: most of what can be gained is gained by it. */
const zip = promisify<string, { level: number }, Buffer>(gzip);

/** Answers with the text. Of what changes something never: only there a secret is told, and its length would say of it. */
export async function answerZipped(context: Context, text: string): Promise<void> {
  const isOpen = context.method === 'GET' && text.length >= charsMin;
  if (isOpen) context.vary('Accept-Encoding');
  if (!isOpen || context.acceptsEncodings('gzip', 'identity') !== 'gzip') {
    context.body = text;
    return;
  }
  context.set('Content-Encoding', 'gzip');
  context.body = await zip(text, { level: constants.Z_BEST_SPEED });
}
