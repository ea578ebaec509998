import { map, type Observable, type Subscription, timer, VirtualTimeScheduler } from 'rxjs';
import { type CheckpointStore, memoryCheckpoint } from '../../lib/checkpoint.js';
import { readGate } from '../../lib/read-gate.js';
import { createMonitor } from '../../lib/state.js';
import { ackMap } from '../../operators/ack-map.js';
import { checkpoint } from '../../operators/checkpoint.js';
import { deliver } from '../../operators/deliver.js';
import { drain } from '../../operators/drain.js';
import { fromCheckpoint } from '../../operators/from-checkpoint.js';
import { redeliver } from '../../operators/redeliver.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { watchdog } from '../../operators/watchdog.js';
import { ledger } from './ledger.js';
import { scriptedLog } from './scripted-log.js';
import { type Seeded, seeded } from './seeded.js';

const key = 'log';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What became of one seed. Two runs of it are the same in every field. */
export interface Outcome {
  readonly seed: number;
  readonly broken: string | undefined;
  readonly leftOver: { readonly connections: number; readonly timers: number; readonly outstanding: number };
  readonly missing: readonly number[];
  readonly saved: string | undefined;
  readonly size: number;
  readonly history: string;
}

/** Runs one seed to its end, on a clock of its own; the event loop is emptied after each moment of it, so that no time passes over a promise. */
export async function runSchedule(seed: number): Promise<Outcome> {
  const dice = seeded(seed);
  const scheduler = new VirtualTimeScheduler();
  const book = ledger();
  const history: string[] = [];
  const log = scriptedLog(dice.between(1, 60), dice, scheduler);
  const memory = memoryCheckpoint();
  const saves = { waiting: 0 };
  const store = book.guard(moodyStore(memory, { dice, scheduler, saves }));
  const stream = pipeline({ dice, scheduler, book, log, store, history });

  let timers = 0;
  let connections = 0;
  // A store that still writes has a timer of its own.
  const liveTimers = (): number => scheduler.actions.filter((action) => !action.closed).length - saves.waiting;
  for (let life = 0; ; life += 1) {
    // The last life is lived to its end.
    const until = life < 3 && dice.chance(0.5) ? scheduler.frame + dice.between(1, 600) : Infinity;
    const run: { ended: boolean; subscription?: Subscription } = { ended: false };
    const saved = stream.saved();
    const end = (how: string) => (): void => {
      history.push(`${how} at ${scheduler.frame}`);
      run.ended = true;
    };
    const subscription = stream.lives(saved).subscribe({ error: end('error'), complete: end('complete') });
    await advance(scheduler, () => run.ended || scheduler.frame >= until);
    const hasEnded = run.ended;
    // A clean stop saves all that is acknowledged; the other kind lets the next life begin at once.
    if (hasEnded || dice.chance(0.5)) {
      let drained = false;
      void drainFully(() => drain(subscription, saved)).then(() => (drained = true));
      await advance(scheduler, () => drained);
      book.stopped();
    } else subscription.unsubscribe();
    // At once, and not when they have run out.
    timers += liveTimers();
    connections += log.connections;
    history.push(`life ${life} ended at ${scheduler.frame}`);
    if (hasEnded) break;
  }
  await turn();
  return {
    ...{ seed, broken: book.broken, size: log.size, saved: await memory.load(key), history: history.join('\n') },
    leftOver: {
      connections,
      timers,
      outstanding: stream.outstanding() + book.outstanding,
    },
    missing: Array.from({ length: log.size }, (_, at) => at + 1).filter((item) => !book.handled.has(item)),
  };
}

interface Parts {
  readonly dice: Seeded;
  readonly scheduler: VirtualTimeScheduler;
  readonly book: ReturnType<typeof ledger>;
  readonly log: ReturnType<typeof scriptedLog>;
  readonly store: CheckpointStore;
  readonly history: string[];
}

function pipeline({ dice, scheduler, book, log, store, history }: Parts) {
  let monitor = createMonitor();
  const maxUnacked = dice.between(1, 12);
  const { random } = dice;
  const open = (position: string | undefined) => {
    const gate = readGate();
    // One per life: what a checkpoint withholds when it is left is settled by nobody.
    monitor = createMonitor();
    return log
      .open(position, gate)
      .pipe(
        watchdog({ idle: 300, pausedBy: gate.paused$, scheduler }),
        retryBackoff({ maxRetries: -1, initialBackoff: 10, maxBackoff: 200, random, scheduler }),
        deliver({ maxUnacked, gate, positionOf: String, monitor, scheduler }),
        book.watch(maxUnacked),
      );
  };
  const handler = (item: number, { attempt }: { readonly attempt: number }): Observable<number> => {
    history.push(`${item} (${attempt}) at ${scheduler.frame}`);
    if (dice.chance(0.1)) throw new Error('failed at once');
    const fails = dice.chance(0.15);
    const work = map(() => {
      if (fails) throw new Error('failed later');
      book.handle(item);
      return item;
    });
    return timer(dice.chance(0.3) ? 0 : dice.between(1, 90), scheduler).pipe(work);
  };
  const options = { every: dice.between(1, 200), everyCount: dice.between(1, 20), maxUnsaved: dice.between(15, 100) };
  const concurrency = dice.between(1, 8);
  const ordered = dice.chance(0.5);
  const backoff = { initialBackoff: 5, maxBackoff: 80, jitter: 'full' as const };
  return {
    outstanding: () => monitor.state.outstanding,
    saved: () => checkpoint(store, key, { ...options, maxFailures: 1_000, scheduler }),
    lives: (saved: ReturnType<typeof checkpoint>) =>
      fromCheckpoint(store, key, open).pipe(
        saved,
        redeliver({ max: 1_000, backoff, random, scheduler }),
        ackMap(handler, { concurrency, ordered }),
      ),
  };
}

interface Moods {
  readonly dice: Seeded;
  readonly scheduler: VirtualTimeScheduler;
  readonly saves: { waiting: number };
}

/** Takes its time, and fails now and then. */
function moodyStore(store: CheckpointStore, { dice, scheduler, saves }: Moods): CheckpointStore {
  const wait = async (): Promise<void> => {
    saves.waiting += 1;
    await new Promise<void>((resolve) => void scheduler.schedule(() => resolve(), dice.between(0, 30)));
    saves.waiting -= 1;
  };
  return {
    ...store,
    save: async (name, position) => {
      if (dice.chance(0.5)) await wait();
      if (dice.chance(0.1)) throw new Error('the disk is full');
      return store.save(name, position);
    },
  };
}

async function drainFully(drained: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return await drained();
    } catch {
      // The store said no; the next try may succeed.
    }
  }
  throw new Error('the store never saved');
}

async function advance(scheduler: VirtualTimeScheduler, isOver: () => boolean): Promise<void> {
  for (let steps = 0, idle = 0; !isOver(); steps += 1) {
    await turn();
    const [next] = scheduler.actions;
    if (next === undefined) {
      idle += 1;
      if (idle > 20) throw new Error('nothing is left to happen, and it is not over');
      continue;
    }
    idle = 0;
    if (steps > 20_000) throw new Error('no end in sight');
    scheduler.maxFrames = next.delay;
    scheduler.flush();
  }
}
