import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { abortable, abortListeners, quiet } from '../../../sources/durable/abortable.js';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => {
  process.off('unhandledRejection', note);
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a call as a promise', () => {
  it('is its value, or its error', async () => {
    const onAbort = abortListeners();
    await expect(abortable(of(7), undefined, onAbort)).resolves.toBe(7);
    const error = new Error('no');
    await expect(
      abortable(
        throwError(() => error),
        new AbortController().signal,
        onAbort,
      ),
    ).rejects.toBe(error);
  });

  it('is rejected when it ends in silence', async () => {
    await expect(abortable(EMPTY, undefined, abortListeners())).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is rejected with the reason of an abort at once, and unsubscribed from', async () => {
    const source = new Subject<number>();
    const controller = new AbortController();
    const call = abortable(source, controller.signal, abortListeners());
    expect(source.observed).toBe(true);
    const reason = { why: 'enough' };
    controller.abort(reason);
    expect(source.observed).toBe(false);
    await expect(call).rejects.toBe(reason);
  });

  it('is not begun when the signal is aborted before', async () => {
    let begun = false;
    const source = new Observable(() => void (begun = true));
    await expect(abortable(source, AbortSignal.abort('before'), abortListeners())).rejects.toBe('before');
    expect(begun).toBe(false);
  });

  it('ends no process when nobody looks at its rejection', async () => {
    void abortable(
      throwError(() => new Error('unseen')),
      undefined,
      abortListeners(),
    );
    void quiet(Promise.reject(new Error('unseen')));
    await turn();
    await turn();
    expect(unhandled).toEqual([]);
  });
});

describe('the listeners of a signal', () => {
  it('are one, however many calls it ends, and none when they are over', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const counts = { added: 0, removed: 0 };
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (add(...args), void (counts.added += 1));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (remove(...args), void (counts.removed += 1));
    const onAbort = abortListeners();
    let left = 0;
    const all = Array.from({ length: 100 }, () => onAbort(signal, () => void (left += 1)));
    expect(counts).toEqual({ added: 1, removed: 0 });
    for (const one of all.slice(1)) one.unsubscribe();
    all[1]?.unsubscribe();
    expect(counts.removed).toBe(0);
    controller.abort();
    expect(left).toBe(1);
    all[0]?.unsubscribe();
    expect(counts).toEqual({ added: 1, removed: 1 });
  });

  it('hear of it when calls end each other', async () => {
    const controller = new AbortController();
    const onAbort = abortListeners();
    const calls = [NEVER, NEVER, NEVER].map((source) => abortable(source, controller.signal, onAbort));
    controller.abort('all');
    await expect(Promise.allSettled(calls)).resolves.toEqual(
      Array.from({ length: 3 }, () => ({ status: 'rejected', reason: 'all' })),
    );
  });
});
