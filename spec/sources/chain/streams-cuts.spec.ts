import { describe, expect, it } from '@jest/globals';
import { chainEvents } from '../../../sources/chain/streams.js';
import { atEveryCut } from '../../operators/every-cut.js';
import { transferEvent, transferTopic } from '../../servers/erc20.js';
import { startEventStreamer } from '../../servers/event-streamer.js';
import { eventually } from '../../servers/eventually.js';
import { pluck } from '../../servers/pluck.js';
import { startProxy } from '../../servers/proxy.js';
import { scriptedChain } from '../../servers/scripted-chain.js';
import { chainService } from '../../../sources/chain/service.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { type VirtualStream, virtualService } from './virtual-service.js';

const events = [1, 2, 3, 4, 5];

/** Batches of so many events, each token the number of the last one; what is before the asked one is left out. */
function batchesAfter(token: string | undefined, size: number, name: string): object[] {
  const left = events.filter((n) => n > Number(token?.slice(3) ?? 0));
  const batches: object[] = [];
  for (let at = 0; at < left.length; at += size) {
    const part = left.slice(at, at + size);
    // As short as it gets: every byte costs two connections.
    const places = part.map((n) => ({ block_number: n, transaction_hash: `0x${n}`, log_index: 0, é: '€' }));
    const own = { resume_token: `rt_${part.at(-1) ?? 0}`, batch_id: `${name}${at}` };
    batches.push({ type: 'event_batch', ...own, events: { Transfer: places } });
  }
  return batches;
}

function textOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const body = Buffer.from(textOf(batchesAfter(undefined, 2, 'a')));

/** The first connection breaks at this byte; the others send what is left, cut by three. What came of it. */
async function cutAt(cut: number, handledBefore: number): Promise<object> {
  const service = virtualService();
  const { client, scheduler } = service;
  const handled: number[] = [];
  const early: string[] = [];
  const sentBy = new Map<string, number[]>();
  const options = { maxUnacked: 2, batchAckInterval: 5, initialBackoff: 10, maxBackoff: 10, maxRetries: -1, scheduler };
  const subscription = chainEvents(client, 7, options).subscribe((delivery) => {
    scheduler.schedule(() => {
      handled.push(...numbersOf(delivery.value));
      delivery.ack();
    }, handledBefore);
  });
  const acknowledged = new Set<number>();
  const feed = (stream: VirtualStream, name: string, size: number, text?: Uint8Array): void => {
    const batches = batchesAfter(stream.token, size, name);
    for (const batch of batches) sentBy.set(String(pluck(batch, 'batch_id')), numbersIn(batch));
    if (text === undefined) stream.send(textOf(batches));
    else stream.sendBytes(text);
  };
  service.answer = ({ path, body: said }) => {
    if (!path.includes('/ack/')) return undefined;
    const one = pluck(said, 'batch_id');
    const ids: unknown = one === undefined ? pluck(said, 'batch_ids') : [one];
    for (const id of Array.isArray(ids) ? ids : []) {
      for (const n of sentBy.get(String(id)) ?? []) {
        if (!handled.includes(n)) early.push(`${n} by ${String(id)}`);
        acknowledged.add(n);
      }
    }
    return undefined;
  };
  await service.run();
  const [first] = service.streams;
  if (first !== undefined) feed(first, 'a', 2, body.subarray(0, cut));
  await service.run(3);
  first?.cut();
  // A broken socket is seen when it is read from: not before there is credit.
  const fed = new Set([first]);
  for (let turn = 0; turn < 20 && acknowledged.size < events.length; turn += 1) {
    await service.run(20);
    for (const [n, stream] of service.streams.entries()) {
      if (!fed.has(stream)) feed(stream, `${n}-`, 3);
      fed.add(stream);
    }
  }
  subscription.unsubscribe();
  await service.run();
  return { cut, handled: handled.toSorted((a, b) => a - b), acknowledged: acknowledged.size, early };
}

function numbersOf(batch: EventBatch): number[] {
  return Object.values(batch.events).flatMap((list) => list.map(({ meta }) => meta.blockNumber));
}

function numbersIn(line: object): number[] {
  const list = pluck(pluck(line, 'events'), 'Transfer');
  return Array.isArray(list) ? list.map((event) => Number(pluck(event, 'block_number'))) : [];
}

describe('a chain stream that breaks', () => {
  it.each([
    ['before the handlers are done', 15, 1],
    ['after they are done and before the acknowledgment', 1, 1],
    ['with a handler that takes longer than the reconnect', 45, 3],
  ])(
    'handles each event once and acknowledges each, wherever it breaks, %s',
    async (_, pause, step) => {
      const wrong: object[] = [];
      let runs = 0;
      await atEveryCut(
        body.length,
        async (cut) => {
          if (cut % step !== 0) return;
          const outcome = await cutAt(cut, pause);
          runs += 1;
          const expected = { cut, handled: events, acknowledged: events.length, early: [] };
          if (JSON.stringify(outcome) !== JSON.stringify(expected)) wrong.push(outcome);
        },
        8,
      );
      expect(wrong).toEqual([]);
      expect(runs).toBe(Math.floor(body.length / step) + 1);
    },
    240_000,
  );

  it('loses nothing through a proxy that breaks each connection somewhere', async () => {
    const chain = scriptedChain();
    await using server = await startEventStreamer({ chain, batchSize: 3 });
    chain.mintBlock(20);
    const asked = await fetch(`${server.url}/subscriptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ topic0: transferTopic, event_signature: transferEvent, addresses: [chain.token], start_block: 0 },
        ...{ chain_id: chain.chainId, subscriber_id: 'spec' },
      }),
    });
    const id = Number(pluck(await asked.json(), 'id'));
    // A little later each time, so that every connection brings something and none brings all.
    await using proxy = await startProxy(server.port, (n) => ({
      cutAfter: 900 + n * 97,
      cutBy: n % 2 === 0 ? 'fin' : 'reset',
    }));
    const client = chainService('spec', { serviceUrl: proxy.url, subscriberId: 'spec' });
    const handled = new Map<string, number>();
    const pace = { initialBackoff: 1, maxBackoff: 5, maxRetries: -1, batchAckInterval: 5 };
    const subscription = chainEvents(client, id, { maxUnacked: 2, ...pace }).subscribe((delivery) => {
      for (const { meta } of Object.values(delivery.value.events).flat()) {
        const key = `${meta.transactionHash}:${meta.logIndex}`;
        handled.set(key, (handled.get(key) ?? 0) + 1);
      }
      setImmediate(() => delivery.ack());
    });
    await eventually(() => server.acknowledged.size === chain.all.length, 60_000);
    subscription.unsubscribe();
    expect([...handled.values()]).toEqual(chain.all.map(() => 1));
    expect(server.connects.length).toBeGreaterThan(1);
  }, 90_000);
});
