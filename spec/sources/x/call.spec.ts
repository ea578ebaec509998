import { afterEach, describe, expect, it } from '@jest/globals';
import { asyncScheduler, firstValueFrom, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import * as z from 'zod';
import type { XOptions } from '../../../sources/x/api.js';
import { xCall } from '../../../sources/x/call.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, refusedUrl, startOrigin } from '../../servers/origin.js';
import { acceptAndReset, answer, chunk, fin, jsonAnswer, type Script, stall } from '../../servers/origin-steps.js';

const schema = z.object({ n: z.number() });
const good = jsonAnswer(200, { n: 1 });
const origins: Origin[] = [];

afterEach(async () => {
  for (const origin of origins.splice(0)) await origin.close();
});

/** Far above every wait, so that the two can be told apart. */
const timeout = 40_000_000;

/** Notes the waits and lets a millisecond stand for ten seconds. The limits of requests go through the same scheduler. */
function hasty(): { scheduler: SchedulerLike; waits: number[] } {
  const waits: number[] = [];
  const schedule = <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription => {
    if (delay < 1_000_000) waits.push(delay);
    return asyncScheduler.schedule(work, delay / 10_000, state);
  };
  return { waits, scheduler: { now: () => asyncScheduler.now(), schedule } };
}

interface Run {
  readonly outcome: unknown;
  readonly requests: readonly string[];
  readonly waits: readonly number[];
}

/** One call against a script: what came of it, what arrived, how long it waited. */
async function run(script: Script, method: 'GET' | 'POST' | 'DELETE', options: Partial<XOptions> = {}): Promise<Run> {
  const origin = await startOrigin(script);
  origins.push(origin);
  const { scheduler, waits } = hasty();
  const all = { bearerToken: 'a', baseUrl: origin.url, timeout, scheduler, ...options };
  const call = xCall(all, { path: '/2/x', method, schema });
  const outcome: unknown = await firstValueFrom(call).catch((error: unknown) => error);
  return { outcome, requests: origin.requests.map(({ headers }) => headers['authorization'] ?? ''), waits };
}

describe('xCall', () => {
  it('gives one checked value', async () => {
    const { outcome, requests } = await run([[good]], 'GET');
    expect(outcome).toEqual({ n: 1 });
    expect(requests).toEqual(['Bearer a']);
  });

  it('repeats a GET after failures that may pass, and gives up after three', async () => {
    const down = [jsonAnswer(503, {})];
    const healed = await run([down, down, down, [good]], 'GET');
    expect(healed.outcome).toEqual({ n: 1 });
    const long = healed.waits.filter((wait) => wait > 6_250);
    expect(long.map((wait) => Math.floor(wait / 10_000))).toEqual([1, 2]);
    const dead = await run([down], 'GET');
    expect(dead.outcome).toMatchObject({
      code: 'retries_exhausted',
      errorType: 'server_error',
      statusCode: 503,
      attempts: 4,
    });
    expect(dead.requests).toHaveLength(4);
  });

  it('repeats a GET whose body breaks off or whose connection is reset', async () => {
    const cut = [answer(200), chunk('{"n":'), fin()];
    const { outcome, requests } = await run([[acceptAndReset()], cut, [good]], 'GET');
    expect(outcome).toEqual({ n: 1 });
    expect(requests.length).toBeGreaterThanOrEqual(2);
  });

  it('does not repeat what the request itself did wrong, nor an answer that does not fit', async () => {
    for (const step of [jsonAnswer(400, {}), jsonAnswer(403, {}), jsonAnswer(404, {}), jsonAnswer(200, { n: 'x' })]) {
      const { outcome, requests } = await run([[step]], 'GET');
      expect(outcome).toMatchObject({ isRetryable: false });
      expect(requests).toHaveLength(1);
    }
  });

  it.each(['POST', 'DELETE'] as const)('does not repeat a %s that the server may have carried out', async (method) => {
    for (const steps of [[jsonAnswer(503, {})], [answer(200), chunk('{"n":'), fin()]]) {
      const { outcome, requests } = await run([steps], method);
      expect(outcome).toMatchObject({ isRetryable: true });
      expect(outcome).not.toMatchObject({ code: 'retries_exhausted' });
      expect(requests).toHaveLength(1);
    }
  });

  it('repeats a POST after 429, not before the reset that X names', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const headers = { date: new Date(now * 1_000).toUTCString(), 'x-rate-limit-reset': String(now + 500) };
    const { outcome, requests, waits } = await run(
      [[jsonAnswer(429, {}, headers)], [jsonAnswer(429, {})], [good]],
      'POST',
    );
    expect(outcome).toEqual({ n: 1 });
    expect(requests).toHaveLength(3);
    const [first, second] = waits.filter((wait) => wait > 6_250);
    expect(first).toBe(500_000);
    expect(second).toBeGreaterThanOrEqual(120_000);
  });

  it('repeats a POST where nobody listens', async () => {
    const { outcome, waits } = await run([[good]], 'POST', { baseUrl: await refusedUrl(), maxRetries: 2 });
    expect(outcome).toMatchObject({ code: 'retries_exhausted', errorType: 'connection_error', attempts: 3 });
    expect(waits.map((wait) => Math.floor(wait / 250))).toEqual(expect.arrayContaining([1, 2]));
  });

  it('does not wait for a spent plan', async () => {
    const capped = jsonAnswer(429, { title: 'x', type: 'https://api.twitter.com/2/problems/usage-capped' });
    const { outcome, requests } = await run([[capped]], 'GET');
    expect(outcome).toMatchObject({ code: 'usage_capped' });
    expect(requests).toHaveLength(1);
  });

  it('asks a token function once more after 401, and no oftener', async () => {
    let n = 0;
    const bearerToken = (): string => `t${(n += 1)}`;
    const denied = [jsonAnswer(401, { title: 'Unauthorized' })];
    const healed = await run([denied, [good]], 'POST', { bearerToken });
    expect(healed.outcome).toEqual({ n: 1 });
    expect(healed.requests).toEqual(['Bearer t1', 'Bearer t2']);
    const dead = await run([denied], 'GET', { bearerToken });
    expect(dead.outcome).toMatchObject({ errorType: 'authentication_error', statusCode: 401 });
    expect(dead.requests).toEqual(['Bearer t3', 'Bearer t4']);
    const fixed = await run([denied], 'GET');
    expect(fixed.requests).toHaveLength(1);
  });

  it('closes the socket on unsubscription, and ends a wait', async () => {
    const origin = await startOrigin([[answer(200), chunk('{'), stall()]]);
    origins.push(origin);
    const subscription = xCall({ bearerToken: 'a', baseUrl: origin.url }, { path: '/', schema }).subscribe();
    await eventually(() => origin.requests.length === 1);
    subscription.unsubscribe();
    await origin.closed(0);

    const busy = await startOrigin([[jsonAnswer(429, {})]]);
    origins.push(busy);
    const waiting = xCall({ bearerToken: 'a', baseUrl: busy.url }, { path: '/', schema }).subscribe();
    await eventually(() => busy.requests.length === 1);
    waiting.unsubscribe();
    // A wait of a minute left behind would keep jest from ending.
    expect(waiting.closed).toBe(true);
  });
});
