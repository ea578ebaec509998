import { afterEach, describe, expect, it } from '@jest/globals';
import type { Observable, Subscription } from 'rxjs';
import { byteStream } from '../../lib/http.js';
import { nodeTransport } from '../../lib/node/index.js';
import { fetchTransport } from '../../lib/transport.js';
import { eventually } from '../servers/eventually.js';
import { type Origin, startOrigin } from '../servers/origin.js';
import { answer, chunk, stall, type Step } from '../servers/origin-steps.js';

// jest fails a test in which a rejection goes unhandled; some come a turn later
afterEach(() => new Promise((resolve) => setTimeout(resolve, 10)));

describe.each([
  // for a socket that it has to close undici opens another one, unused and at most two of them, for 4 s
  { name: 'fetchTransport', make: fetchTransport, spare: 2 },
  { name: 'nodeTransport', make: nodeTransport, spare: 0 },
])('unsubscribing, over $name', ({ make, spare }) => {
  // A socket that is left open stays so for minutes: waiting for its end would come to jest's time limit.

  /** Subscribes, waits for `ready`, unsubscribes; resolves when the server has seen the end, and nothing came after ours. */
  async function leave(steps: readonly Step[], ready: (origin: Origin, seen: string[]) => boolean): Promise<string[]> {
    await using origin = await startOrigin([steps]);
    const { subscription, seen } = follow(byteStream({ url: origin.url, transport: make() }));
    await eventually(() => ready(origin, seen));
    subscription.unsubscribe();
    seen.push('left');
    await origin.closed(0);
    return seen;
  }

  it('before the headers closes the socket', async () => {
    expect(await leave([stall()], (origin) => origin.requests.length === 1)).toEqual(['left']);
  });

  it('in a silent body closes the socket', async () => {
    expect(await leave([answer(200), chunk('a'), stall()], (_, seen) => seen.length === 1)).toEqual(['a', 'left']);
  });

  it('in a body of which nothing has come closes the socket', async () => {
    const silent = [answer(200), stall()];
    expect(await leave(silent, (origin) => origin.requests.length === 1)).toEqual(['left']);
  });

  it('in an error body closes the socket, and says nothing of the error', async () => {
    const dawdling = [answer(500), chunk('a'), stall()];
    await using origin = await startOrigin([dawdling]);
    const { subscription, seen } = follow(byteStream({ url: origin.url, transport: make() }));
    await eventually(() => origin.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    subscription.unsubscribe();
    await origin.closed(0);
    expect(seen).toEqual([]);
  });

  it('while a header is being made sends nothing', async () => {
    await using origin = await startOrigin([[answer(200)]]);
    let give = (_: string): void => {};
    const token = new Promise<string>((resolve) => (give = resolve));
    const { subscription, seen } = follow(
      byteStream({ url: origin.url, headers: { authorization: () => token }, transport: make() }),
    );
    subscription.unsubscribe();
    give('Bearer a');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([origin.connections, seen]).toEqual([0, []]);
  });

  it('C05 within next stops in the middle of a chunk, and closes the socket', async () => {
    await using origin = await startOrigin([[answer(200), chunk('x'.repeat(100)), stall()]]);
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      const stream = byteStream({ url: origin.url, chunkSize: 1, transport: make() });
      const subscription = stream.subscribe((piece) => {
        if (seen.push(piece.byteLength) < 3) return;
        subscription.unsubscribe();
        resolve();
      });
    });
    await origin.closed(0);
    expect(seen).toEqual([1, 1, 1]);
  });

  it('C06 at once leaves no socket behind', async () => {
    await using origin = await startOrigin([[stall()]]);
    byteStream({ url: origin.url, transport: make() }).subscribe().unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(origin).toMatchObject({ openSockets: 0, requests: [] });
  });

  it('C16 three hundred times, in every phase, leaves no socket behind', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a'), stall()]]);
    const stream = byteStream({ url: origin.url, transport: make() });
    for (let cycle = 0; cycle < 300; cycle += 1) await cycleOf(stream, cycle % 4);
    await eventually(() => origin.openSockets <= spare);
    expect(origin.connections).toBeGreaterThan(70);
  });
});

function follow(stream: Observable<Uint8Array>): { subscription: Subscription; seen: string[] } {
  const seen: string[] = [];
  const subscription = stream.subscribe({
    next: (piece) => seen.push(Buffer.from(piece).toString()),
    error: (error: unknown) => seen.push(`error ${String(error)}`),
    complete: () => seen.push('complete'),
  });
  return { subscription, seen };
}

/** Phase 0 leaves at the first byte, the others after so many turns of the loop. */
async function cycleOf(stream: Observable<Uint8Array>, phase: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const subscription = stream.subscribe(() => {
      subscription.unsubscribe();
      resolve();
    });
    const leaveIn = (turns: number): void => {
      if (turns > 0) return void setImmediate(leaveIn, turns - 1);
      subscription.unsubscribe();
      resolve();
    };
    if (phase > 0) leaveIn(phase - 1);
  });
}
