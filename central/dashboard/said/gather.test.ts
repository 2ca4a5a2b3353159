// How often a screen reads again, by a clock that is turned.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gather } from './gather.ts';

describe('a screen that hears of changes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const read = vi.fn();
  beforeEach(() => read.mockClear());

  it('reads again once for all that changed within a second, and again for what changes later', () => {
    const { soon } = gather(read, 1000);
    soon();
    vi.advanceTimersByTime(999);
    soon();
    expect(read).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1);
    expect(read).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(5000);
    expect(read).toHaveBeenCalledTimes(1);
    soon();
    vi.advanceTimersByTime(1000);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('goes on hearing when it was asked for something else while a reading was due', () => {
    const { soon, forget } = gather(read, 1000);
    soon();
    forget();
    vi.advanceTimersByTime(2000);
    expect(read, 'what is shown no more is not read').toHaveBeenCalledTimes(0);
    soon();
    vi.advanceTimersByTime(1000);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
