// An answer in JSON.
import type { Context } from 'koa';

/**
 * Answers with the value as JSON. The framework would write it too, but asks of every object whether it is a Response of
 * fetch, and Node loads all of fetch to answer that.
 */
export function answerJson(ctx: Context, value: object): void {
  ctx.type = 'application/json';
  ctx.body = JSON.stringify(value);
}
