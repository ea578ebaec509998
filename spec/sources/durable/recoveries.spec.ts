import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { DurableStream } from '../../../sources/durable/durable-stream.js';
import { IdempotentProducer } from '../../../sources/durable/idempotent-producer.js';
import type { OriginRequest } from '../../servers/http-request.js';
import { answer, stall, type Step } from '../../servers/origin-steps.js';
import { scriptedServer } from './written.js';

const json = { contentType: 'application/json' };

describe('what the error handler has given one call', () => {
  /** Takes only the second token. */
  const guarded = ({ headers, method, path }: OriginRequest): readonly Step[] => {
    if (headers['authorization'] !== 'Bearer 1') return [answer(401)];
    const reply = { 'content-type': 'application/json', 'stream-next-offset': 'o', 'stream-up-to-date': 'true' };
    return method === 'GET' && path.includes('offset=o')
      ? [stall()]
      : [answer(200, reply, method === 'GET' ? '[1]' : '')];
  };

  it('holds for all others of the handle, for its readers, its producers and its forks, and back', async () => {
    for (const first of ['append', 'read'] as const) {
      const origin = await scriptedServer(guarded);
      let asked = 0;
      const onError = (): { headers: { authorization: string } } => ({
        headers: { authorization: `Bearer ${(asked += 1)}` },
      });
      const handle = new DurableStream(origin.url, { ...json, headers: { authorization: 'Bearer old' }, onError });
      const steps = [
        () => handle.append(1),
        async () => (await handle.stream({ live: false })).json(),
        () => firstValueFrom(handle.deliveries({ maxUnacked: 1, live: false })),
        () => handle.head(),
        async () => (await handle.fork('/fork')).head(),
        () => new IdempotentProducer(handle, 'p', { lingerMs: 0 }).append(2),
      ];
      if (first === 'read') steps.reverse();
      for (const step of steps) await step();
      expect(asked).toBe(1);
      expect(origin.requests.filter(({ headers }) => headers['authorization'] !== 'Bearer 1')).toHaveLength(1);
    }
  });

  it('does not go before headers that a reader has of its own', async () => {
    const origin = await scriptedServer(guarded);
    const onError = (): { headers: { authorization: string } } => ({ headers: { authorization: 'Bearer 2' } });
    const handle = new DurableStream(origin.url, { ...json, onError });
    const own = { authorization: 'Bearer 1' };
    expect(await (await handle.stream({ live: false, headers: own })).json()).toEqual([1]);
  });
});
