import { setTimeout as sleep } from 'node:timers/promises';
import { IdempotentProducer } from '../../sources/durable/idempotent-producer.js';
import type { Durable, DurableFault } from '../servers/durable.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type Seeded, seeded } from './seeded.js';

/** The first promise that a seed broke; `undefined` when it kept them all. */
export interface ProducerOutcome {
  readonly seed: number;
  readonly broken: string | undefined;
}

interface World {
  readonly seed: number;
  readonly dice: Seeded;
  readonly durable: Durable;
  readonly proxy: Proxy;
  readonly path: string;
  readonly size: number;
  /** What the writer was told to be stored. */
  readonly acknowledged: Set<number>;
}

/**
 * One writer of `1..size` over several lives, most of them cut off in the middle of their work, with faults at the server and on the way back.
 * Each life begins with a mark of its own: once that is stored the lives before are shut out, so that what the stream holds then is what
 * is left to write.
 */
export async function runProducerSeed(durable: Durable, seed: number): Promise<ProducerOutcome> {
  const dice = seeded(seed);
  const path = `/seed-${seed}`;
  const wire = seeded(seed + 1_000_000);
  await using proxy = await startProxy(durable.port, () =>
    wire.chance(0.35) ? { cutAfter: wire.between(0, 400), cutBy: wire.chance(0.9) ? 'fin' : 'reset' } : {},
  );
  const world: World = { seed, dice, durable, proxy, path, size: dice.between(3, 8), acknowledged: new Set() };
  await durable.create(path, 'application/json');
  try {
    return { seed, broken: await live(world) };
  } catch (error) {
    return { seed, broken: `failed: ${String(error)}` };
  }
}

async function live(world: World): Promise<string | undefined> {
  const { dice } = world;
  const claims = dice.chance(0.5);
  const lives = dice.between(1, 3);
  for (let life = 0; life < lives; life += 1) {
    const isLast = life === lives - 1;
    const producer = newLife(world, claims ? { autoClaim: true } : { epoch: life });
    harass(world);
    const mark = producer.append(`life ${life}`);
    await producer.flush();
    await mark;
    const before = await stored(world);
    const broken = check(world, before, life + 1);
    if (broken !== undefined) return broken;
    await write(world, producer, numbersIn(before).length + 1, isLast ? Infinity : dice.between(0, world.size));
    if (isLast) await producer.flush();
    producer.detach();
  }
  // A request of a dead life that comes late.
  await sleep(2);
  const after = await stored(world);
  const missing =
    numbersIn(after).length < world.size ? `${world.size - numbersIn(after).length} are missing` : undefined;
  return check(world, after, lives) ?? missing;
}

function newLife(
  { dice, proxy, path }: World,
  identity: { readonly autoClaim: true } | { readonly epoch: number },
): IdempotentProducer {
  return new IdempotentProducer(proxy.url + path, 'writer', {
    ...identity,
    ...{ contentType: 'application/json', maxBatchItems: dice.between(1, 3), maxInFlight: dice.between(2, 5) },
    ...{ lingerMs: dice.chance(0.8) ? 0 : 1, initialBackoff: 1, maxBackoff: 4, random: dice.random },
  });
}

/** Appends from `first` on; leaves in the middle, with whatever is under way, after so many. */
async function write(world: World, producer: IdempotentProducer, first: number, count: number): Promise<void> {
  const { dice, size, acknowledged } = world;
  for (let value = first; value <= Math.min(size, first + count - 1); value += 1) {
    void producer.append(value).then(
      () => acknowledged.add(value),
      () => undefined,
    );
    if (dice.chance(0.4)) harass(world);
    if (dice.chance(0.3)) await sleep(dice.between(0, 2));
  }
}

function harass({ dice, durable, path }: World): void {
  const faults: readonly DurableFault[] = [
    { status: 500 },
    { status: 503 },
    { status: 429 },
    { dropConnection: true },
    { delayMs: dice.between(1, 4), jitterMs: dice.between(0, 4) },
    { delayMs: 2, dropConnection: true },
  ];
  const fault = faults[dice.between(0, faults.length - 1)];
  if (fault !== undefined) durable.inject(path, { ...fault, method: 'POST', count: dice.between(1, 3) });
}

async function stored({ durable, path }: World): Promise<unknown[]> {
  const items: unknown = await (await fetch(`${durable.url}${path}?offset=-1`)).json();
  return Array.isArray(items) ? items : [];
}

function check({ acknowledged }: World, items: readonly unknown[], lives: number): string | undefined {
  const values = numbersIn(items);
  const wrong = values.findIndex((value, at) => value !== at + 1);
  if (wrong >= 0) return `lost, doubled or out of order at ${wrong}: ${JSON.stringify(items)}`;
  const lost = [...acknowledged].find((value) => value > values.length);
  if (lost !== undefined) return `${lost} was acknowledged and is not stored`;
  const marks = items.filter((item) => typeof item === 'string');
  const wanted = Array.from({ length: lives }, (_, life) => `life ${life}`);
  return marks.join() === wanted.join() ? undefined : `the lives are ${marks.join()}`;
}

function numbersIn(items: readonly unknown[]): number[] {
  return items.filter((item) => typeof item === 'number');
}
