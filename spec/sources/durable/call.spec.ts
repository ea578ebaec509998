import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import { createMonitor } from '../../../lib/state.js';
import { durableCall, type Repeatable } from '../../../sources/durable/call.js';
import { checkDurable, type DurableOptions } from '../../../sources/durable/options.js';
import { eventually } from '../../servers/eventually.js';
import { refusedUrl } from '../../servers/origin.js';
import { answer, chunk, endChunks, pause, reset, type Script, stall } from '../../servers/origin-steps.js';
import { rejectionOf, scriptedServer } from './written.js';

const quick = { initialBackoff: 1, maxBackoff: 1, maxRetries: 3 };

function call(url: string, options: DurableOptions = {}, repeatable?: Repeatable): Observable<number> {
  const checked = checkDurable('call', url, { ...quick, ...options });
  return durableCall(checked, {
    operation: 'append',
    method: 'POST',
    body: 'x',
    repeatable,
    read: ({ status }) => status,
  });
}

async function scripted(script: Script, options: DurableOptions = {}, repeatable?: Repeatable) {
  const origin = await scriptedServer(script);
  return { origin, result: lastValueFrom(call(origin.url, options, repeatable).pipe(toArray())) };
}

describe('a call', () => {
  it('gives one value, when the whole answer is in', async () => {
    const { result } = await scripted([[answer(200), chunk('a'), pause(10), chunk('b'), endChunks()]]);
    await expect(result).resolves.toEqual([200]);
  });

  it('is cold, and sends its own request at each subscription', async () => {
    const origin = await scriptedServer([[answer(204)]]);
    const one = call(origin.url);
    expect(origin.requests).toHaveLength(0);
    await lastValueFrom(one);
    await lastValueFrom(one);
    expect(origin.requests).toHaveLength(2);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('that is safe is repeated after %d', async (status) => {
    const { origin, result } = await scripted([[answer(status)], [answer(status)], [answer(204)]]);
    await expect(result).resolves.toEqual([204]);
    expect(origin.requests).toHaveLength(3);
  });

  it.each([400, 401, 404, 409, 410, 413, 501, 505])('is not repeated after %d', async (status) => {
    const { origin, result } = await scripted([[answer(status)]]);
    await expect(result).rejects.toMatchObject({ statusCode: status });
    expect(origin.requests).toHaveLength(1);
  });

  it('that is safe is repeated when the connection breaks off', async () => {
    const { result } = await scripted([[pause(0), reset()], [answer(204)]]);
    await expect(result).resolves.toEqual([204]);
  });

  it('is answered by the headers, whatever becomes of the body', async () => {
    const { origin, result } = await scripted([[answer(200), chunk('a'), reset()], [answer(204)]]);
    await expect(result).resolves.toEqual([200]);
    expect(origin.requests).toHaveLength(1);
  });

  it('waits at least as long as the server asks', async () => {
    const { origin, result } = await scripted([[answer(429, { 'retry-after-ms': '60' })], [answer(204)]]);
    await result;
    const [first, second] = origin.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(50);
  });

  it('that could be stored twice is repeated only where it was not taken', async () => {
    const busy = await scripted([[answer(429)], [answer(503)], [answer(204)]], {}, 'if-not-processed');
    await expect(busy.result).resolves.toEqual([204]);
    const failed = await scripted([[answer(500, {}, 'why')], [answer(204)]], {}, 'if-not-processed');
    await expect(failed.result).rejects.toMatchObject({ code: 'outcome_unknown', statusCode: 500 });
    const reasons: unknown[] = [];
    const onReconnect = (): void => void reasons.push(1);
    const refused = call(await refusedUrl(), { onReconnect }, 'if-not-processed');
    await expect(rejectionOf(lastValueFrom(refused))).resolves.toMatchObject({ name: 'FetchError' });
    expect(reasons).toHaveLength(quick.maxRetries);
  });

  it('gives up with the last error', async () => {
    const { origin, result } = await scripted([[answer(503)]]);
    await expect(result).rejects.toMatchObject({ name: 'FetchError', code: 'retries_exhausted', statusCode: 503 });
    expect(origin.requests).toHaveLength(quick.maxRetries + 1);
  });

  it('asks the error handler once about a failure that no repetition cures', async () => {
    const origin = await scriptedServer((request) => [answer(request.headers['key'] === 'b' ? 204 : 401)]);
    const asked: unknown[] = [];
    const onError = (error: unknown) => {
      asked.push(error);
      return { headers: { key: 'b' } };
    };
    await expect(lastValueFrom(call(origin.url, { onError, headers: { key: 'a' } }))).resolves.toBe(204);
    expect(asked).toMatchObject([{ name: 'FetchError', code: 'unauthorized' }]);
  });

  it('asks nobody about failures that pass', async () => {
    const asked: unknown[] = [];
    const onError = (error: unknown): undefined => void asked.push(error);
    const { result } = await scripted([[answer(503)], [answer(204)]], { onError });
    await result;
    expect(asked).toEqual([]);
  });

  it('is seen in the monitor', async () => {
    const monitor = createMonitor();
    const { result } = await scripted([[answer(500)], [answer(204)]], { monitor });
    await result;
    expect(monitor.state).toMatchObject({ phase: 'closed', isConnected: false });
    expect(monitor.state.lastError).toMatchObject({ statusCode: 500 });
  });

  it('closes its socket on unsubscription, and ends a wait', async () => {
    const origin = await scriptedServer([[answer(200, { 'content-length': '5' }), stall()]]);
    const subscription = call(origin.url).subscribe();
    await eventually(() => origin.requests.length === 1);
    subscription.unsubscribe();
    await eventually(() => origin.activeSockets === 0);
    const busy = await scriptedServer([[answer(503)]]);
    const waiting = call(busy.url, { initialBackoff: 50, maxBackoff: 50, jitter: 'none' }).subscribe();
    await eventually(() => busy.requests.length === 1);
    waiting.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(busy.requests).toHaveLength(1);
  });
});
