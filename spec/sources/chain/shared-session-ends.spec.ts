import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import { eventually } from '../../servers/eventually.js';
import { localStreams, quick } from './local-stream.js';
import { sharedSession } from '../../../sources/chain/shared-session.js';
import { hashes, see, share } from './shared-views.js';

const start = localStreams();

describe('the position of one session after another', () => {
  it('is where the next one begins, once the last acknowledgments are through', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here, { batchAckInterval: 1_000_000 });
    const one = see(shared.messages('batches'));
    chain.mintBlock(2);
    await eventually(() => one.batches.length === 2);
    expect(server.acks).toEqual([]);
    one.subscription.unsubscribe();
    const two = see(shared.messages('batches'));
    chain.mintBlock(1);
    await eventually(() => two.batches.length === 1);
    expect(server.connects[1]?.resumeToken).toBe(one.batches[1]?.resumeToken);
    expect(hashes(two)).not.toContain(hashes(one)[1]);
    two.subscription.unsubscribe();
  });

  it('starts with the given token and is told to all who watch, without a connection', async () => {
    const here = await start();
    const shared = share(here, { resumeToken: 'rt_given' });
    const told: string[] = [];
    const watching = shared.position$.subscribe((token) => told.push(token));
    expect([shared.position, told]).toEqual(['rt_given', ['rt_given']]);
    expect(here.server.requests).toEqual([]);
    watching.unsubscribe();
    const without: string[] = [];
    share(here)
      .position$.subscribe((token) => without.push(token))
      .unsubscribe();
    expect(without).toEqual([]);
  });

  it('is the saved one where there is one, and goes on from there', async () => {
    const here = await start();
    const { server, chain } = here;
    const store = memoryCheckpoint();
    const first = share(here, { checkpoint: store });
    const one = see(first.messages('batches'));
    chain.mintBlock(1);
    await eventually(() => one.batches.length === 1 && first.position === one.batches[0]?.resumeToken);
    await first.stop();
    const second = share(here, { checkpoint: store, resumeToken: 'rt_given' });
    const told: string[] = [];
    second.position$.subscribe((token) => told.push(token));
    const two = see(second.messages('batches'));
    chain.mintBlock(1);
    await eventually(() => two.batches.length === 1 && second.position === two.batches[0]?.resumeToken);
    expect(told).toEqual(['rt_given', one.batches[0]?.resumeToken, two.batches[0]?.resumeToken]);
    expect(server.connects[1]?.resumeToken).toBe(one.batches[0]?.resumeToken);
    await second.stop();
  });

  it('is what resume says, at once while it runs, else with the next session', async () => {
    const here = await start({ resend: 'all' });
    const { server, chain } = here;
    const shared = share(here);
    const seen = see(shared.messages('batches'));
    chain.mintBlock(3);
    await eventually(() => shared.position === seen.batches[2]?.resumeToken && seen.batches.length === 3);
    const token = seen.batches[0]?.resumeToken ?? '';
    shared.resume(token);
    expect(shared.position).toBe(token);
    expect(seen.ends).toEqual([]);
    await eventually(() => seen.batches.length === 5);
    expect(hashes(seen).slice(3)).toEqual(hashes(seen).slice(1, 3));
    expect(server.connects.map(({ resumeToken }) => resumeToken)).toEqual([undefined, token]);
    await shared.stop();
    shared.resume(token);
    expect(server.connects).toHaveLength(2);
    const again = see(shared.messages('batches'));
    await eventually(() => again.batches.length === 2);
    expect(server.connects[2]?.resumeToken).toBe(token);
    await shared.stop();
  });

  it('is not moved any more by what an earlier session still hears', async () => {
    const here = await start();
    const { chain } = here;
    const shared = share(here, { batchAckInterval: 1_000_000 });
    const told: string[] = [];
    shared.position$.subscribe((token) => told.push(token));
    const seen = see(shared.messages('batches'));
    chain.mintBlock(2);
    await eventually(() => seen.batches.length === 2);
    const token = seen.batches[0]?.resumeToken ?? '';
    shared.resume(token);
    await eventually(() => here.server.connects.length === 2);
    expect(here.server.acknowledged.size).toBe(2);
    expect(told).toEqual([token]);
    await shared.stop();
  });

  it('belongs to one subscription: a session after another subscription has taken over begins there', async () => {
    const here = await start();
    const { server, chain, client } = here;
    const other = await here.subscribe();
    const options = { ...quick, resumeToken: 'rt_of_nowhere', onMissing: async () => other };
    const shared = sharedSession({ client, subscriptionId: 4_711, options });
    const one = see(shared.messages('batches'));
    await eventually(() => server.openStreams === 1);
    expect(shared.subscriptionId).toBe(other);
    one.subscription.unsubscribe();
    const two = see(shared.messages('batches'));
    chain.mintBlock(1);
    await eventually(() => two.batches.length === 1);
    const connects = server.connects.map(({ subscriptionId, resumeToken }) => ({ subscriptionId, resumeToken }));
    expect(connects.slice(-2)).toEqual([
      { subscriptionId: other, resumeToken: undefined },
      { subscriptionId: other, resumeToken: undefined },
    ]);
    await shared.stop();
  });
});

describe('the end of one session for all', () => {
  it('completes everyone at once, and resolves when the last acknowledgments are there', async () => {
    const here = await start();
    const { server, chain } = here;
    const shared = share(here, { batchAckInterval: 1_000_000 });
    const ends: string[] = [];
    const told: string[] = [];
    shared.position$.subscribe({ next: (token) => told.push(token), complete: () => ends.push('position') });
    const one = see(shared.messages('batches'));
    const two = see(shared.messages('signs'));
    chain.mintBlock(2);
    await eventually(() => one.batches.length === 2);
    const stopped = shared.stop();
    expect([one.ends, two.ends, ends]).toEqual([['complete'], ['complete'], []]);
    expect(shared.isRunning).toBe(false);
    await stopped;
    expect(server.acknowledged.size).toBe(2);
    expect(told.at(-1)).toBe(one.batches[1]?.resumeToken);
    expect(ends).toEqual(['position']);
    await eventually(() => server.openStreams === 0);
    await shared.stop();
  });

  it('comes with the end of something larger', async () => {
    const here = await start();
    const until = new Subject<void>();
    const shared = share(here, { batchAckInterval: 1_000_000 }, until);
    const ends: string[] = [];
    shared.position$.subscribe({ complete: () => ends.push('position') });
    const one = see(shared.messages('batches'));
    here.chain.mintBlock(1);
    await eventually(() => one.batches.length === 1);
    until.next();
    expect(one.ends).toEqual(['complete']);
    await eventually(() => ends.length === 1);
    expect(here.server.acknowledged.size).toBe(1);
    expect(until.observed).toBe(false);
  });

  it('may come from within a handler, for everyone', async () => {
    const here = await start();
    const shared = share(here);
    const stops: Promise<void>[] = [];
    shared.messages('batches').subscribe(() => stops.push(shared.stop()));
    const two = see(shared.messages('batches'));
    here.chain.mintBlock(2);
    await eventually(() => two.ends.length === 1);
    await Promise.all(stops);
    expect(two.batches).toEqual([]);
    expect(here.server.acks).toEqual([]);
  });
});
