import { describe, expect, it } from 'vitest';
import { createLifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';

const logged: object[] = [];
const log: Log = { debug() {}, info() {}, warn() {}, error: (fields) => logged.push(fields) };

describe('a lifecycle', () => {
  it('stops what was started last first, one after the other, and once', async () => {
    const lifecycle = createLifecycle(log);
    const stopped: string[] = [];
    lifecycle.onStop('store', () => void stopped.push('store'));
    lifecycle.onStop('http', async () => {
      await new Promise(setImmediate);
      stopped.push('http');
    });
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(stopped).toEqual(['http', 'store']);
  });

  it('passes over a step that fails, throws or hangs, and names it', async () => {
    logged.length = 0;
    const lifecycle = createLifecycle(log, 20);
    const stopped: string[] = [];
    lifecycle.onStop('first', () => void stopped.push('first'));
    lifecycle.onStop('hangs', () => new Promise(() => {}));
    lifecycle.onStop('fails', () => Promise.reject(new Error('no')));
    lifecycle.onStop('throws', () => {
      throw new Error('never');
    });
    await lifecycle.stop();
    expect(stopped).toEqual(['first']);
    expect(logged).toEqual([
      { step: 'throws', error: 'never' },
      { step: 'fails', error: 'no' },
      { step: 'hangs', error: 'not stopped within 20 ms' },
    ]);
  });
});
