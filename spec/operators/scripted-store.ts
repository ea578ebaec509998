import { Subject, type Subscription, VirtualTimeScheduler } from 'rxjs';
import type { CheckpointStore } from '../../lib/checkpoint.js';
import type { Delivery } from '../../lib/delivery.js';
import { type Checkpoint, checkpoint, type CheckpointOptions } from '../../operators/checkpoint.js';
import { runUntil } from '../sources/x/scripted-x.js';
import { type DeliveryLedger, deliveryLedger } from './delivery-ledger.js';

/** What a save does: after so many virtual milliseconds it is done, or fails, or at once, or never. */
export type StoreAnswer = 'ok' | 'throws' | 'rejects' | 'hangs' | { readonly after: number; readonly fails?: boolean };

export interface ScriptedStore extends CheckpointStore {
  /** Every call of save: its time and position. */
  readonly calls: string[];
  /** What has been stored, in order. */
  readonly stored: string[];
  /** Most saves that were under way at once. */
  readonly peak: number;
  /** What later saves do. @default 'ok' */
  answer: StoreAnswer;
  /** Saves that hang are done. */
  release(): void;
}

export function scriptedStore(scheduler: VirtualTimeScheduler): ScriptedStore {
  const hanging: (() => void)[] = [];
  let running = 0;
  let peak = 0;
  const wait = async (answer: StoreAnswer): Promise<void> => {
    if (answer === 'rejects') throw new Error('disk full');
    if (answer === 'hangs') await new Promise<void>((resolve) => hanging.push(resolve));
    if (typeof answer !== 'object') return;
    await new Promise<void>((resolve) => scheduler.schedule(() => resolve(), answer.after));
    if (answer.fails === true) throw new Error('disk full');
  };
  const save = async (position: string, answer: StoreAnswer): Promise<void> => {
    running += 1;
    peak = Math.max(peak, running);
    try {
      await wait(answer);
      store.stored.push(position);
    } finally {
      running -= 1;
    }
  };
  const store: ScriptedStore = {
    calls: [],
    stored: [],
    get peak() {
      return peak;
    },
    answer: 'ok',
    release: () => hanging.splice(0).forEach((done) => done()),
    load: () => store.stored.at(-1),
    save: (_: string, position: string): Promise<void> => {
      store.calls.push(`${scheduler.now()} ${position}`);
      if (store.answer === 'throws') throw new Error('no disk');
      return save(position, store.answer);
    },
    delete: () => undefined,
  };
  return store;
}

export interface Rig {
  readonly scheduler: VirtualTimeScheduler;
  readonly store: ScriptedStore;
  readonly ledger: DeliveryLedger<string>;
  readonly saved: Checkpoint;
  readonly source: Subject<Delivery<string>>;
  /** What has come out, by its value. */
  readonly out: Map<string, Delivery<string>>;
  /** `complete`, or the code of the error. */
  readonly ends: unknown[];
  readonly subscription: Subscription;
  /** Sends these through, each with its own value as position. */
  send(...values: string[]): void;
  ack(...values: string[]): void;
  /** Lets virtual time run up to this moment. */
  until(time: number): Promise<void>;
  readonly timers: number;
}

/** A checkpoint between a subject and a consumer that settles by hand, in virtual time. */
export function checkpointRig(
  options: CheckpointOptions = {},
  make: (store: ScriptedStore, scheduler: VirtualTimeScheduler) => Checkpoint = (store, scheduler) =>
    checkpoint(store, 'posts', { ...options, scheduler }),
): Rig {
  const scheduler = new VirtualTimeScheduler();
  const store = scriptedStore(scheduler);
  const ledger = deliveryLedger<string>();
  const saved = make(store, scheduler);
  const source = new Subject<Delivery<string>>();
  const out = new Map<string, Delivery<string>>();
  const ends: unknown[] = [];
  const subscription = source.pipe(saved).subscribe({
    next: (delivery) => out.set(delivery.value, delivery),
    error: (error) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return {
    ...{ scheduler, store, ledger, saved, source, out, ends, subscription },
    send: (...values) => values.forEach((value) => source.next(ledger.deliver(value))),
    ack: (...values) => values.forEach((value) => out.get(value)?.ack()),
    until: (time) => runUntil(scheduler, time),
    get timers() {
      return scheduler.actions.filter((action) => !action.closed).length;
    },
  };
}
