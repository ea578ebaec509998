import { defer, type Observable } from 'rxjs';
import { checkOptions, integer, oneOf, type OptionRules } from '../../lib/check-options.js';
import type { Delivery } from '../../lib/delivery.js';
import type { FullPolicy } from '../../lib/delivery-queue.js';
import { type ReadGate, readGate } from '../../lib/read-gate.js';
import { childMonitor, type StreamMonitor } from '../../lib/state.js';
import { deliver } from '../../operators/deliver.js';
import {
  type DurableItemChecks,
  itemCheckRules,
  itemChecksOf,
  refuseSenselessChecks,
  withoutChecks,
} from './item-check.js';
import type { PlaceMark } from './places.js';
import type { DurableReadOptions } from './read-options.js';
import { readParts } from './session.js';
import { shaped, type Shaper } from './shape.js';
import { tailingLive } from './tailing-live.js';

/** Credit: with it a view emits deliveries. */
export interface DurableDeliveryOptions {
  /** How many deliveries may be out, unsettled. */
  maxUnacked: number;
  /**
   * What comes while all credit is out: `pause` stops reading, so that TCP makes the server wait; nothing is lost, because the stream is
   * kept there. The others read on into a queue. @default 'pause'
   */
  onFull?: FullPolicy | undefined;
  /** How many values may wait, unless `onFull` is `pause`. @default 10_000 */
  maxQueued?: number | undefined;
}

/** The same where it is not yet known whether there is credit. */
export type DurableCredit = { [K in keyof DurableDeliveryOptions]?: DurableDeliveryOptions[K] | undefined };

/** All that a view takes, whatever its mode. */
export type DurableViewOptions = DurableReadOptions & DurableItemChecks & DurableCredit;

const creditRules: OptionRules<DurableDeliveryOptions> = {
  maxUnacked: integer(1),
  onFull: oneOf('pause', 'error', 'dropOldest', 'dropNewest'),
  maxQueued: integer(1),
};

/** How a view reads. */
export interface View<T> {
  readonly where: string;
  readonly shaper: Shaper<T>;
  /** Whether bodies are held until they are whole. */
  readonly whole: boolean;
}

/**
 * A view of a stream, or with `maxUnacked` deliveries of it: one window and one gate over all connections of a subscription.
 *
 * Errors: `TypeError` at once for options that can never work.
 */
export function view<T>(
  { where, shaper, whole }: View<T>,
  url: string | URL,
  options: DurableViewOptions,
): Observable<T> | Observable<Delivery<T>> {
  const { maxUnacked, onFull, maxQueued, ...others } = options;
  const reading = withoutChecks(others);
  const checks = itemChecksOf(options);
  checkCredit(where, { maxUnacked, onFull, maxQueued });
  checkOptions(where, itemCheckRules, checks);
  refuseSenselessChecks(where, checks, options.mode);
  const live = tailingLive(options.live);
  // Refuses what cannot work, now and not at the first subscription.
  void readParts(where, url, reading, { live, whole });
  const open = (monitor: StreamMonitor, gate: ReadGate | undefined, mark: PlaceMark | undefined): Observable<T> => {
    const parts = readParts(where, url, { ...reading, monitor }, { live, whole, gate });
    return shaped(parts, shaper, { checks, report: monitor.report, mark });
  };
  if (maxUnacked === undefined) return defer(() => open(childMonitor(options.monitor), undefined, undefined));
  return defer(() => {
    const monitor = childMonitor(options.monitor);
    const gate = readGate();
    const mark: PlaceMark = { now: undefined };
    const { scheduler } = options;
    const credit = { maxUnacked, onFull, maxQueued, gate, monitor, scheduler, positionOf: () => mark.now };
    return open(monitor, gate, mark).pipe(deliver<T>(credit));
  });
}

function checkCredit(where: string, credit: DurableCredit): void {
  const { maxUnacked, onFull, maxQueued } = credit;
  checkOptions(where, creditRules, credit);
  if (maxUnacked === undefined && (onFull ?? maxQueued) !== undefined) {
    throw new TypeError(`${where}: options "onFull" and "maxQueued" need "maxUnacked"`);
  }
}
