import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { type BodyOptions, bodyStream } from '../../lib/http-body.js';
import { readGate } from '../../lib/read-gate.js';
import type { ByteReader } from '../../lib/transport.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Three pieces, then silence; counts how often it was asked. */
function quietReader(): ByteReader & { asked: number } {
  const rest = ['a', 'b', 'c'].map((piece) => new TextEncoder().encode(piece));
  const reader = {
    asked: 0,
    read: async () => {
      reader.asked += 1;
      const value = rest.shift();
      return value === undefined ? new Promise<never>(() => {}) : ({ done: false, value } as const);
    },
  };
  return reader;
}

function gated(pauseAt: string, scheduler = new VirtualTimeScheduler()) {
  const gate = readGate();
  const reader = quietReader();
  const seen: string[] = [];
  const options: BodyOptions = {
    ...{ target: 'http://a.example/b', idleTimeout: 1_000, gate, scheduler },
    ...{ chunkSize: undefined, expected: undefined, report: undefined },
  };
  const subscription = bodyStream(reader, options).subscribe({
    next: (bytes) => {
      const text = new TextDecoder().decode(bytes);
      seen.push(text);
      if (text === pauseAt) gate.close();
    },
    error: (error: unknown) => seen.push(String(error)),
  });
  return { gate, reader, seen, subscription, scheduler };
}

/** `flush` of a virtual clock runs to its last timer; this runs to a time. */
function advance(scheduler: VirtualTimeScheduler, time: number): void {
  scheduler.maxFrames = scheduler.frame + time;
  scheduler.schedule(() => undefined, time);
  scheduler.flush();
}

describe('a body behind a gate', () => {
  it('is not read while the gate is closed, and goes on where it was', async () => {
    const { gate, reader, seen } = gated('b');
    await turn();
    await turn();
    expect([seen, reader.asked]).toEqual([['a', 'b'], 2]);
    gate.open();
    await turn();
    expect([seen, reader.asked]).toEqual([['a', 'b', 'c'], 4]);
  });

  it('is not silent while the gate is closed', async () => {
    const { gate, seen, scheduler } = gated('b');
    await turn();
    advance(scheduler, 10_000);
    expect(seen).toEqual(['a', 'b']);
    gate.open();
    await turn();
    advance(scheduler, 900);
    expect(seen).toEqual(['a', 'b', 'c']);
    advance(scheduler, 200);
    expect(seen).toEqual(['a', 'b', 'c', 'StreamError: no byte from http://a.example/b for 1000 ms']);
  });

  it('asks for nothing and keeps no timer when it is left behind a closed gate', async () => {
    const { gate, reader, subscription, seen, scheduler } = gated('a');
    await turn();
    subscription.unsubscribe();
    gate.open();
    await turn();
    expect([seen, reader.asked]).toEqual([['a'], 1]);
    expect(scheduler.actions.filter((action) => !action.closed)).toHaveLength(0);
  });

  it('is not read when the gate was open for no longer than a moment', async () => {
    const { gate, reader } = gated('a');
    await turn();
    gate.open();
    gate.close();
    await turn();
    expect(reader.asked).toBe(1);
  });
});
