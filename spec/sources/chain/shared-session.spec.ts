import { describe, expect, it } from '@jest/globals';
import { filter, map, retry, take } from 'rxjs';
import { eventually } from '../../servers/eventually.js';
import { localStreams } from './local-stream.js';
import { hashes, see, share } from './shared-views.js';

const start = localStreams();

describe('one session for all', () => {
  it('is begun with the first subscriber, shared, and ended with the last', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here);
    const signs = shared.messages('signs');
    const batches = shared.messages('batches');
    expect(shared.isRunning).toBe(false);
    expect(server.requests).toEqual([]);
    const one = see(batches);
    const two = see(batches);
    const three = see(signs);
    expect(shared.isRunning).toBe(true);
    chain.mintBlock(3);
    await eventually(() => two.batches.length === 3 && three.batches.length === 3);
    expect(one.batches).toEqual(two.batches);
    expect(server.connects).toHaveLength(1);
    one.subscription.unsubscribe();
    two.subscription.unsubscribe();
    expect(shared.isRunning).toBe(true);
    three.subscription.unsubscribe();
    expect(shared.isRunning).toBe(false);
    expect(shared.control).toBeUndefined();
    await eventually(() => server.openStreams === 0);
    expect(server.connects).toHaveLength(1);
  });

  it('gives late subscribers what comes from then on', async () => {
    const here = await start();
    const shared = share(here);
    const early = see(shared.messages('batches'));
    here.chain.mintBlock(2);
    await eventually(() => early.batches.length === 2);
    const late = see(shared.messages('batches'));
    here.chain.mintBlock(1);
    await eventually(() => early.batches.length === 3);
    expect(late.batches).toEqual(early.batches.slice(2));
    early.subscription.unsubscribe();
    late.subscription.unsubscribe();
  });

  it('completes for all when the subscription has come to its end', async () => {
    const here = await start({ endBlock: 2 });
    const shared = share(here);
    const one = see(shared.messages('batches'));
    const two = see(shared.messages('signs'));
    here.chain.mintBlock(2);
    here.chain.mine(2);
    await eventually(() => two.ends.length > 0);
    expect([one.ends, two.ends]).toEqual([['complete'], ['complete']]);
    expect(one.batches).toHaveLength(2);
    expect(shared.isRunning).toBe(false);
  });

  it('fails for all, and whoever tries again has a session again', async () => {
    const here = await start();
    here.server.misbehave.next('stream', { status: 401 });
    const shared = share(here);
    const one = see(shared.messages('batches'));
    const again = see(shared.messages('batches').pipe(retry(1)));
    const last = see(shared.messages('batches'));
    here.chain.mintBlock(1);
    await eventually(() => again.batches.length === 1);
    expect([one.ends, again.ends, last.ends]).toEqual([['EventStreamerAuthError'], [], ['EventStreamerAuthError']]);
    expect(shared.isRunning).toBe(true);
    again.subscription.unsubscribe();
    expect(shared.isRunning).toBe(false);
  });
});

describe('acknowledgments of one session for all', () => {
  it('are given when all have returned and one of them is still there', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here);
    const one = see(shared.messages('batches').pipe(take(1)));
    const two = see(shared.messages('batches'));
    chain.mintBlock(2);
    await eventually(() => server.acknowledged.size === 2);
    expect([one.batches.length, two.batches.length]).toEqual([1, 2]);
    two.subscription.unsubscribe();
  });

  it('are not given where everyone has left, and what was left comes again', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here);
    const one = see(shared.messages('batches').pipe(take(1)));
    const two = see(shared.messages('batches').pipe(take(1)));
    chain.mintBlock(1);
    await eventually(() => one.ends.length + two.ends.length === 2);
    await shared.stop();
    expect(server.acks).toEqual([]);
    const three = see(shared.messages('batches'));
    await eventually(() => server.acknowledged.size === 1);
    expect(hashes(three)).toEqual(hashes(one));
    three.subscription.unsubscribe();
  });

  it("are the batch's own business where they are manual", async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here, { acknowledge: 'manual' });
    const seen = see(shared.messages('batches'));
    chain.mintBlock(2);
    await eventually(() => seen.batches.length === 2);
    seen.batches[1]?.ack();
    await eventually(() => server.acknowledged.size === 1);
    expect(shared.position).toBeUndefined();
    seen.batches[0]?.ack();
    await eventually(() => seen.batches.length === 2 && shared.position === seen.batches[1]?.resumeToken);
    seen.subscription.unsubscribe();
  });

  it('are not given for batches that nobody answers for: they come when somebody does', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here);
    const watcher = see(shared.messages('signs'));
    chain.mintBlock(2);
    await eventually(() => watcher.batches.length === 2);
    expect(shared.position).toBeUndefined();
    const handler = see(shared.messages('batches'));
    await eventually(() => server.acknowledged.size === 2);
    expect(hashes(handler)).toEqual(hashes(watcher).slice(0, 2));
    expect(server.connects).toHaveLength(2);
    expect([...server.acknowledged.values()]).toEqual([1, 1]);
    // Nothing is open any more that would bring another connection about.
    const another = see(shared.messages('batches'));
    chain.mintBlock(1);
    await eventually(() => another.batches.length === 1);
    expect(server.connects).toHaveLength(2);
    for (const one of [watcher, handler, another]) one.subscription.unsubscribe();
  });

  it('are not given for a batch that its only handler has failed at, although it is back at once', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here);
    const watcher = see(shared.messages('signs'));
    let failures = 0;
    const handled: string[] = [];
    const subscription = shared
      .messages('batches')
      .pipe(
        filter((message) => message.type === 'event_batch'),
        map((batch) => {
          if (failures === 0) {
            failures += 1;
            throw new Error('the database is away');
          }
          return batch.batchId;
        }),
        retry(),
      )
      .subscribe((batchId) => handled.push(batchId));
    chain.mintBlock(2);
    await eventually(() => server.acknowledged.size === 2);
    expect(failures).toBe(1);
    expect(handled).toHaveLength(2);
    expect(server.connects).toHaveLength(2);
    subscription.unsubscribe();
    watcher.subscription.unsubscribe();
  });
});
