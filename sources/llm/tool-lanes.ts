import { Subscription } from 'rxjs';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { ToolResult } from './tool-results.js';
import type { PreparedCall } from './tool-run.js';

/** What the lanes have to say. */
export interface ToolLanesOutlet {
  /** In the order of the calls. */
  result(result: ToolResult): void;
  error(error: unknown): void;
  /** All calls have their results, and no more come. */
  complete(): void;
}

/** Runs calls: consecutive safe ones beside one another, every other one alone, in order. */
export interface ToolLanes {
  add(call: PreparedCall): void;
  /** No more calls. */
  finish(): void;
  /** Aborts what runs and forgets what waits and what has not been told. */
  clear(): void;
}

interface Slot {
  readonly call: PreparedCall;
  result: ToolResult | undefined;
}

/** Lives as long as `scope`; clears itself when that ends. */
export function toolLanes(concurrency: number, scope: Subscription, outlet: ToolLanesOutlet): ToolLanes {
  const running = runningCalls(concurrency, outlet);
  /** In order of the calls; those before `told` are told, those before `begun` have begun. */
  let slots: Slot[] = [];
  let told = 0;
  let begun = 0;
  let isFinished = false;
  let isTurning = false;

  /** One at a time, however deep the calls: a tool or a consumer that answers at once adds to the loop, not to the stack. */
  const step = (): boolean => {
    const result = slots[told]?.result;
    if (result !== undefined) {
      told += 1;
      outlet.result(result);
      return true;
    }
    const next = slots[begun];
    if (next === undefined || !running.mayBegin(next)) return false;
    begun += 1;
    running.begin(next, turn);
    return true;
  };
  const turn = (): void => {
    if (isTurning) return;
    isTurning = true;
    while (!scope.closed && step());
    isTurning = false;
    if (told < slots.length || scope.closed) return;
    forget();
    if (isFinished) outlet.complete();
  };
  const forget = (): void => {
    slots = [];
    told = begun = 0;
  };
  const clear = (): void => {
    forget();
    running.clear();
  };
  scope.add(clear);
  return {
    add: (call) => {
      slots.push({ call, result: undefined });
      turn();
    },
    finish: () => {
      isFinished = true;
      turn();
    },
    clear,
  };
}

interface RunningCalls {
  mayBegin(slot: Slot): boolean;
  /** `ended` is called when the slot has its result. */
  begin(slot: Slot, ended: () => void): void;
  /** Aborts them all. */
  clear(): void;
}

function runningCalls(concurrency: number, outlet: ToolLanesOutlet): RunningCalls {
  let running = new Map<Slot, Subscription>();
  return {
    mayBegin: ({ call }) => {
      if (running.size === 0) return true;
      if (running.size >= concurrency || !call.isSafe) return false;
      // An unsafe one runs alone: if one that runs is safe, all are.
      const [[first] = []] = running;
      return first?.call.isSafe === true;
    },
    begin: (slot, ended) => {
      const mine = running;
      const scope = new Subscription();
      mine.set(slot, scope);
      subscribeWithin(slot.call.run, scope, {
        next: (result) => {
          slot.result = result;
          mine.delete(slot);
          scope.unsubscribe();
          ended();
        },
        error: (error) => outlet.error(error),
        complete: () => undefined,
      });
    },
    clear: () => {
      const left = running;
      running = new Map();
      for (const scope of left.values()) scope.unsubscribe();
    },
  };
}
