import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { pacedTransport, type Pace } from '../../../apps/cli/paced-transport.js';
import type { ByteReader, TransportRequest, TransportResponse } from '../../../lib/index.js';

const request: TransportRequest = {
  url: 'http://127.0.0.1/',
  method: 'GET',
  headers: {},
  body: undefined,
  redirect: 'manual',
  signal: new AbortController().signal,
};

async function bodyOf(reader: ByteReader, pace: Pace): Promise<ByteReader> {
  const headers = { get: () => null };
  const answer: TransportResponse = { status: 200, headers, body: reader, hiddenRedirect: false };
  const { body } = await pacedTransport(async () => answer, pace)(request);
  if (body === undefined) throw new Error('no body');
  return body;
}

afterEach(() => {
  jest.useRealTimers();
});

describe('a paced transport', () => {
  it('reads only when there is room', async () => {
    let reads = 0;
    let makeRoom: () => void = () => {};
    const room = (): Promise<void> => new Promise((resolve) => (makeRoom = resolve));
    const body = await bodyOf({ read: async () => ({ done: true, value: void (reads += 1) }) }, { room });
    const read = body.read();
    await Promise.resolve();
    expect(reads).toBe(0);
    makeRoom();
    expect(await read).toMatchObject({ done: true });
    expect(reads).toBe(1);
  });

  it('takes silence of the server for a timeout, and its own pause for none', async () => {
    jest.useFakeTimers();
    let makeRoom: () => void = () => {};
    const room = (): Promise<void> => new Promise((resolve) => (makeRoom = resolve));
    const body = await bodyOf({ read: () => new Promise(() => {}) }, { room, idleTimeout: 1_000 });
    let failure: unknown;
    void body.read().catch((error: unknown) => (failure = error));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(failure).toBeUndefined();
    makeRoom();
    await jest.advanceTimersByTimeAsync(999);
    expect(failure).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(failure).toMatchObject({ errorType: 'timeout', code: 'idle_timeout' });
  });

  it('hands cancellation on, leaves no timer, and leaves an answer without a body alone', async () => {
    jest.useFakeTimers();
    let cancelled = 0;
    const reader: ByteReader = {
      read: async () => ({ done: true }),
      cancel: async () => void (cancelled += 1),
    };
    const body = await bodyOf(reader, { room: () => undefined, idleTimeout: 1_000 });
    await body.read();
    await body.cancel?.();
    expect([cancelled, jest.getTimerCount()]).toEqual([1, 0]);
    const empty = { status: 204, headers: { get: () => null }, body: undefined, hiddenRedirect: false };
    expect(await pacedTransport(async () => empty, { room: () => undefined })(request)).toBe(empty);
  });
});
