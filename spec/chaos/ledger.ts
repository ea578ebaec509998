import { defer, map, type MonoTypeOperatorFunction } from 'rxjs';
import type { CheckpointStore } from '../../lib/checkpoint.js';
import type { Delivery } from '../../lib/delivery.js';

/** Who watches over the promises. The first one broken is kept; later ones follow from it. */
export interface Ledger {
  readonly broken: string | undefined;
  readonly handled: ReadonlySet<number>;
  readonly outstanding: number;
  handle(item: number): void;
  /** Between window and the rest: counts what is out, and who settles twice. */
  watch(maxUnacked: number): MonoTypeOperatorFunction<Delivery<number>>;
  /** Sees every save. */
  guard(store: CheckpointStore): CheckpointStore;
  /** A clean stop: nothing that is acknowledged together with all before it may come again. */
  stopped(): void;
}

export function ledger(): Ledger {
  const handled = new Set<number>();
  let acknowledged = new Set<number>();
  let final = 0;
  let outstanding = 0;
  let life = 0;
  let broken: string | undefined;
  const check = (holds: boolean, promise: string): void => {
    if (!holds) broken ??= promise;
  };
  const watched = (delivery: Delivery<number>): Delivery<number> => {
    const { value } = delivery;
    const born = life;
    let settled = 0;
    const settle = (act: () => void) => (): void => {
      settled += 1;
      check(settled === 1, `${value} was settled ${settled} times`);
      if (settled === 1 && born === life) outstanding -= 1;
      act();
    };
    const acknowledge = settle(() => {
      check(handled.has(value), `${value} was acknowledged before it was handled`);
      acknowledged.add(value);
      delivery.ack();
    });
    return {
      ...{ value, position: delivery.position, attempt: delivery.attempt, ack: acknowledge },
      nack: (reason) => settle(() => delivery.nack(reason))(),
      release: settle(() => delivery.release()),
    };
  };
  return {
    get broken() {
      return broken;
    },
    get outstanding() {
      return outstanding;
    },
    handled,
    handle: (item) => handled.add(item),
    // A window is one subscription's; what the last one had out when it was left has no credit to give back.
    watch: (maxUnacked) => (source) =>
      defer(() => {
        outstanding = 0;
        life += 1;
        acknowledged = new Set();
        let first = true;
        return source.pipe(
          map((delivery) => {
            outstanding += 1;
            // Where this life resumes, all before it is saved.
            for (let item = 1; first && item < delivery.value; item += 1) acknowledged.add(item);
            first = false;
            check(outstanding <= maxUnacked, `${outstanding} were out, of ${maxUnacked}`);
            check(delivery.value > final, `${delivery.value} came again after a clean stop`);
            return watched(delivery);
          }),
        );
      }),
    guard: (store) => ({
      ...store,
      save: (key, position) => {
        for (let item = 1; item <= Number(position); item += 1) {
          check(handled.has(item), `position ${position} was saved before ${item} was handled`);
        }
        return store.save(key, position);
      },
    }),
    stopped: () => {
      while (acknowledged.has(final + 1)) final += 1;
    },
  };
}
