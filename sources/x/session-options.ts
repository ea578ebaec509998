import {
  flag,
  instance,
  integer,
  oneOf,
  type OptionRule,
  type OptionRules,
  requireOption,
  text,
} from '../../lib/check-options.js';
import { checkStreamConfig, pickStreamConfig, type StreamConfig, streamRules } from '../../lib/config.js';
import type { FullPolicy } from '../../lib/delivery-queue.js';
import type { RetryBudget } from '../../lib/retry-budget.js';
import type { XClientOptions } from './api.js';
import { endpointOf, type XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import type { XMessage } from './messages.js';
import { connectionRules, queryOptions, type XReadingOptions } from './open-stream.js';
import { decodePosition, type XPosition } from './position.js';
import { streamQuery } from './query.js';
import { xConnectBudget } from './reconnect.js';
import type { XGap, XRecovery } from './recovery.js';
import type { XStreamOptions } from './stream-options.js';

/** How a stream is kept going. */
export interface XKeepingOptions<Item> extends XReadingOptions<Item>, Omit<StreamConfig, keyof XReadingOptions<Item>> {
  /**
   * What is done about items that were sent while nobody was connected: `backfill` asks for up to 5 minutes of them,
   * `replay` for up to 24 hours. Enterprise access only. @default 'none'
   */
  recovery?: XRecovery | undefined;
  /** What 429 TooManyConnections does: `terminate` closes all of the app's connections to this stream first. @default 'wait' */
  onTooManyConnections?: 'wait' | 'terminate' | undefined;
  /** Removes items that came before, by their id, over the last 100 000 of them. @default true */
  dedupe?: boolean | undefined;
  /** Share one between the streams that X counts together. @default as many connects as X allows this stream in 15 minutes */
  connectBudget?: RetryBudget | undefined;
  /** Resume after this: the position of a delivery, saved by `checkpoint`. What was missed since then comes as far as `recovery` allows. */
  position?: string | undefined;
}

/** Credit: with it a stream emits deliveries in place of items. */
export interface XDeliveryOptions {
  /** How many deliveries may be out, unsettled. */
  maxUnacked: number;
  /**
   * What comes while all credit is out. X cuts a reader that pauses, and what it held is lost: so the default reads on into a queue and
   * ends with `slow_consumer` when that is full. @default 'error', or 'pause' for a replay
   */
  onFull?: FullPolicy | undefined;
  /** How many items may wait, unless `onFull` is `pause`. @default 10_000 */
  maxQueued?: number | undefined;
}

/** The same where it is not yet known whether there is credit. */
export type XCreditOptions = { [K in keyof XDeliveryOptions]?: XDeliveryOptions[K] | undefined };

/** A stream that is kept going, and whose account it is. */
export interface XSessionOptions<Item> extends XKeepingOptions<Item>, XClientOptions {}

/** Everything that one of X's streams takes. */
export type XOptionsOf<Name extends XStreamName> = XSessionOptions<XItem<Name>> & XStreamOptions<Name>;

/** What a stream that is kept going can say: the messages of its connections, and the times without one. */
export type XStreamMessage<Name extends XStreamName = XStreamName> = XMessage<XItem<Name>> | XGap;

/** The options of one stream, checked and sorted. */
export interface Session<Name extends XStreamName> {
  readonly name: Name;
  readonly options: XSessionOptions<XItem<Name>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly config: StreamConfig;
  readonly budget: RetryBudget;
  /** With a beginning or an end the stream is over when the server ends it. */
  readonly finite: boolean;
  /** Where an earlier run stopped. */
  readonly resumed: XPosition | undefined;
}

const sessionRules: OptionRules<XSessionOptions<never>> = {
  ...streamRules,
  ...connectionRules,
  recovery: oneOf('none', 'backfill', 'replay'),
  onTooManyConnections: oneOf('wait', 'terminate'),
  dedupe: flag,
  connectBudget: instance,
  position: text,
};

const creditRules: OptionRules<XDeliveryOptions> = {
  maxUnacked: integer(1),
  onFull: oneOf('pause', 'error', 'dropOldest', 'dropNewest'),
  maxQueued: integer(1),
};

/** What {@link xStream} takes beside the messages view. */
export function checkItems<Name extends XStreamName>(
  name: Name,
  options: XOptionsOf<Name> & XCreditOptions,
): Session<Name> {
  const { maxUnacked, onFull, maxQueued } = options;
  if (maxUnacked === undefined && (onFull ?? maxQueued) !== undefined) {
    throw new TypeError(`X stream "${name}": options "onFull" and "maxQueued" need "maxUnacked"`);
  }
  return check(name, options, { ...sessionRules, ...creditRules });
}

/** Errors: `TypeError` that names the stream, the option and the fix. */
export function checkSession<Name extends XStreamName>(name: Name, options: XOptionsOf<Name>): Session<Name> {
  return check(name, options, sessionRules);
}

function check<Name extends XStreamName>(
  name: Name,
  options: XOptionsOf<Name>,
  rules: Readonly<Record<string, OptionRule>>,
): Session<Name> {
  const where = `X stream "${name}"`;
  requireOption(where, 'bearerToken', options.bearerToken);
  const query = streamQuery(name, queryOptions(where, rules, options));
  const config = pickStreamConfig(options);
  checkStreamConfig(where, config);
  if (options.recovery === 'replay' && !endpointOf(name).replay) {
    throw new TypeError(
      `${where}: option "recovery" must not be "replay", which this stream does not have; use "backfill"`,
    );
  }
  const finite = (query['start_time'] ?? query['end_time'] ?? query['startTime'] ?? query['endTime']) !== undefined;
  const budget = options.connectBudget ?? xConnectBudget(name, options.scheduler);
  const resumed = options.position === undefined ? undefined : decodePosition(where, options.position);
  return { name, options, query, config, budget, finite, resumed };
}
