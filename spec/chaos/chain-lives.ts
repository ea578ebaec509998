import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import { type CheckpointStore, memoryCheckpoint } from '../../lib/checkpoint.js';
import type { Delivery } from '../../lib/delivery.js';
import { chainService } from '../../sources/chain/service.js';
import { chainEvents } from '../../sources/chain/streams.js';
import type { EventBatch } from '../../sources/chain/messages.js';
import { transferEvent, transferTopic } from '../servers/erc20.js';
import {
  type EventStreamerServer,
  type EventStreamerServerOptions,
  startEventStreamer,
} from '../servers/event-streamer.js';
import type { NextAnswer } from '../servers/event-streamer/misbehaviour.js';
import { placeOf } from '../servers/event-streamer/places.js';
import { readToken } from '../servers/event-streamer/resume-tokens.js';
import { newServiceState } from '../servers/event-streamer/state.js';
import { eventually } from '../servers/eventually.js';
import { pluck } from '../servers/pluck.js';
import { type ScriptedChain, scriptedChain } from '../servers/scripted-chain.js';
import { type Seeded, seeded } from './seeded.js';

/** What may befall a request, beside being served. */
const streamFaults: readonly NextAnswer[] = [
  'reset',
  'close',
  'accept-and-end',
  'accept-and-cut',
  { status: 500 },
  { status: 503 },
];
const ackFaults: readonly NextAnswer[] = [
  'reset',
  'close',
  'serve-and-reset',
  'failed-ids',
  { status: 500 },
  { status: 404 },
  { status: 429, retryAfter: 0 },
];
const messages = ['CONNECTION_LOST', 'PROCESSING_STOPPED', 'CIRCUIT_BREAKER_OPEN', 'RATE_LIMITED', 'SOMETHING_NEW'];

/** One subscription under whatever its seed says, over several lives of service and client. */
interface World {
  readonly dice: Seeded;
  readonly chain: ScriptedChain;
  readonly store: CheckpointStore;
  /** `<transaction hash>:<log index>` of every event, with how often a handler has come to its end with it. */
  readonly handled: Map<string, number>;
  readonly wrong: string[];
  server: EventStreamerServer;
  subscriptionId: number;
}

/** Runs one schedule to its quiet end. What is wrong, if anything is. */
export async function runChainLives(seed: number): Promise<readonly string[]> {
  const dice = seeded(seed);
  const chain = scriptedChain();
  const state = newServiceState();
  const options: EventStreamerServerOptions = {
    ...{ chain, state, heartbeatMs: 100, batchSize: dice.between(1, 6), blocksPerRead: dice.between(1, 5) },
    resend: dice.chance(0.5) ? 'all' : 'unacknowledged',
    batchIds: dice.chance(0.8),
  };
  const handled = new Map<string, number>();
  const wrong: string[] = [];
  const server = await startEventStreamer(options);
  const world: World = { dice, chain, handled, wrong, server, subscriptionId: 0, store: memoryCheckpoint() };
  watchAcks(world);
  world.subscriptionId = await subscribe(world);
  let life = beginLife(world);
  for (let step = 0; step < 12; step += 1) {
    chain.mintBlock(dice.between(1, 4));
    await sleep(dice.between(0, 6));
    const fate = dice.random();
    if (fate < 0.12) life = await nextLife(world, life);
    else if (fate < 0.24) await restart(world, options);
    else trouble(world);
  }
  await quietEnd(world, life);
  await world.server.close();
  return wrong.map((what) => `seed ${seed}: ${what}`);
}

async function subscribe({ server, chain }: World): Promise<number> {
  const fields = { topic0: transferTopic, event_signature: transferEvent, addresses: [chain.token], start_block: 0 };
  const response = await fetch(`${server.url}/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...fields, chain_id: chain.chainId, subscriber_id: 'chaos' }),
  });
  return Number(pluck(await response.json(), 'id'));
}

interface Life {
  readonly subscription: Subscription;
  /** A client that was killed: what its handlers still do counts for nothing. */
  killed: boolean;
  error: unknown;
}

function beginLife(world: World): Life {
  const { dice, handled, wrong, subscriptionId } = world;
  const client = chainService('chaos', {
    serviceUrl: world.server.url,
    subscriberId: 'chaos',
    timeout: 10_000,
    random: dice.random,
  });
  const mine = new Set<string>();
  const batches = chainEvents(client, subscriptionId, {
    ...{
      maxUnacked: dice.between(1, 5),
      batchAckInterval: dice.between(0, 8),
      heartbeatInterval: 60,
      idleTimeout: 5_000,
    },
    ...{ maxRetries: -1, initialBackoff: 1, maxBackoff: 5, random: dice.random },
    policy: { CIRCUIT_BREAKER_OPEN: { action: 'reconnect', wait: 3 }, RATE_LIMITED: { action: 'reconnect', wait: 3 } },
    checkpoint: watchedStore(world),
  });
  const handle = async (delivery: Delivery<EventBatch>): Promise<void> => {
    const keys = keysOf(delivery.value);
    for (const key of keys) {
      if (mine.has(key)) wrong.push(`${key} came twice in one life`);
      mine.add(key);
    }
    await sleep(dice.between(0, 5));
    if (life.killed) return;
    for (const key of keys) handled.set(key, (handled.get(key) ?? 0) + 1);
    delivery.ack();
  };
  const life: Life = {
    killed: false,
    error: undefined,
    subscription: batches.subscribe({
      next: (delivery) => void handle(delivery),
      error: (error: unknown) => {
        life.error = error;
        wrong.push(`the stream has ended: ${String(error)}`);
      },
    }),
  };
  return life;
}

async function nextLife(world: World, life: Life): Promise<Life> {
  life.killed = world.dice.chance(0.5);
  life.subscription.unsubscribe();
  await sleep(world.dice.between(0, 10));
  return beginLife(world);
}

/** On the same port, with what the last one has kept. */
async function restart(world: World, options: EventStreamerServerOptions): Promise<void> {
  const { port } = world.server;
  await world.server.close();
  await sleep(world.dice.between(0, 5));
  world.server = await startEventStreamer({ ...options, port });
  watchAcks(world);
}

function trouble({ dice, server: { misbehave } }: World): void {
  switch (dice.between(0, 8)) {
    case 0:
      return misbehave.drop(dice.chance(0.5) ? 'reset' : 'fin');
    case 1:
      return misbehave.dropMidLine(dice.chance(0.5) ? 'reset' : 'fin');
    case 2:
      return misbehave.end();
    case 3:
      return misbehave.next('stream', { cutAfter: dice.between(0, 900), how: dice.chance(0.5) ? 'reset' : 'fin' });
    case 4:
      return misbehave.next('stream', streamFaults[dice.between(0, streamFaults.length - 1)] ?? 'close');
    case 5:
      return misbehave.next('ack', ackFaults[dice.between(0, ackFaults.length - 1)] ?? 'close');
    case 6:
      return misbehave.loseConnections();
    case 7:
      return misbehave.error(messages[dice.between(0, messages.length - 1)] ?? '', { end: dice.chance(0.3) });
    default:
      return misbehave.repeatBatches(dice.chance(0.5));
  }
}

/** Without further faults everything comes through: each event handled, each acknowledged, and the position behind the last. */
async function quietEnd(world: World, life: Life): Promise<void> {
  const { chain, handled, wrong, server } = world;
  server.misbehave.repeatBatches(false);
  const all = chain.all.map((log) => `${log.transactionHash}:${log.logIndex}`);
  const last = chain.all.at(-1);
  const end = last === undefined ? 0 : placeOf(last);
  const isOver = async (): Promise<boolean> => {
    const saved = (await world.store.load(`chain:${world.subscriptionId}`)) ?? '';
    const place = readToken(saved, world.subscriptionId, 1) ?? -1;
    return life.error !== undefined || (place >= end && all.every((key) => handled.has(key)));
  };
  await eventually(isOver, 120_000).catch(async () => {
    const missing = all.filter((key) => !handled.has(key));
    wrong.push(`no end: ${missing.length} of ${all.length} were never handled`);
  });
  life.subscription.unsubscribe();
}

/** The service must hear of nothing that no handler has come to the end of. */
function watchAcks({ server, handled, wrong }: World): void {
  const { acknowledged } = server;
  const set = acknowledged.set.bind(acknowledged);
  acknowledged.set = (key, count) => {
    if (!handled.has(key)) wrong.push(`${key} was acknowledged unhandled`);
    return set(key, count);
  };
}

/** A position must not pass what no handler has come to the end of. */
function watchedStore({ store, chain, handled, wrong, subscriptionId }: World): CheckpointStore {
  return {
    ...store,
    save: (key, position) => {
      const place = readToken(position, subscriptionId, 1) ?? Number.NaN;
      const passed = chain.all.filter((log) => placeOf(log) <= place);
      const unhandled = passed.filter((log) => !handled.has(`${log.transactionHash}:${log.logIndex}`));
      if (unhandled.length > 0 || Number.isNaN(place)) wrong.push(`the position has passed ${unhandled.length} events`);
      return store.save(key, position);
    },
  };
}

function keysOf({ events }: EventBatch): string[] {
  return Object.values(events).flatMap((list) => list.map(({ meta }) => `${meta.transactionHash}:${meta.logIndex}`));
}
