// What a test says to the sandbox itself, under /sandbox. Problems are problem+json with a code.
import type { Context } from 'koa';
import { controlCalls } from './admin/control.ts';
import { fileCalls } from './admin/files.ts';
import { type AdminCalls, type AdminParts, problem } from './admin/frame.ts';
import { moneyCalls } from './admin/money.ts';

const calls: AdminCalls = { ...controlCalls, ...moneyCalls, ...fileCalls };

export async function answerAdmin(context: Context, parts: AdminParts): Promise<void> {
  const call = calls[`${context.method} ${context.path}`];
  if (call) return call(context, parts);
  problem(context, 404, 'not_found', 'See sandbox/README.md for what there is under /sandbox.');
}
