import type { ObservableInput } from 'rxjs';
import {
  callback,
  checkOption,
  checkOptions,
  duration,
  instance,
  integer,
  oneOf,
  type OptionRules,
  text,
} from '../../lib/check-options.js';
import { checkCheckpointKey, type CheckpointStore } from '../../lib/checkpoint.js';
import {
  checkStreamConfig,
  pickStreamConfig,
  type RetryConfig,
  type StreamConfig,
  streamRules,
} from '../../lib/config.js';
import type { PositionSave } from '../../lib/position-slot.js';
import { metadataHeader } from './client-metadata.js';
import type { EventStreamerError } from './errors.js';
import type { ChainNotice } from './notices.js';
import { type ChainOpenOptions, openRules } from './open-chain.js';
import { type ChainErrorPolicy, checkPolicy } from './policy.js';
import { saveSlots } from './saved-position.js';
import type { ChainService } from './service.js';
import { subscriptionPath } from './stream-calls.js';

/** How a stream of events is kept going. */
export interface ChainStreamOptions extends ChainOpenOptions, Omit<StreamConfig, 'timeout' | 'chunkSize' | 'monitor'> {
  /** Loads the token to begin with, and saves the position from then on. Goes before `resumeToken`. @default none */
  checkpoint?: CheckpointStore | undefined;
  /** Under which key. @default `chain:<id of the subscription>` */
  checkpointKey?: string | undefined;
  /**
   * What acknowledges a batch. `auto`: the consumer's `next` has returned and it is still subscribed, or with `maxUnacked` its delivery's `ack`.
   * `manual`: `batch.ack()` alone. @default 'auto'
   */
  acknowledge?: 'auto' | 'manual' | undefined;
  /** Acknowledgments go out together, at the latest this long after the first of them, in milliseconds. @default 3_000 */
  batchAckInterval?: number | undefined;
  /**
   * How many batches may be in hand, or wait for the service to take their acknowledgment. Beyond it a stream of batches ends with
   * `ack_backlog_full`, and one of deliveries pauses. @default 10_000
   */
  maxAckBacklog?: number | undefined;
  /** How often the service is told that this client is there, in milliseconds; 0 for never. @default 30_000 */
  heartbeatInterval?: number | undefined;
  /** The subscription is gone: makes another and gives its id, from whose beginning the stream goes on. @default the stream ends */
  onMissing?: ((error: EventStreamerError) => ObservableInput<number>) | undefined;
  /** What is done about `error` messages, per code, in place of the default. @default {} */
  policy?: ChainErrorPolicy | undefined;
  /** Told of what is no error and should not go unseen: a position that is lost, acknowledgments that fail. What it throws is dropped. */
  onNotice?: ((notice: ChainNotice) => void) | undefined;
}

const { timeout: _timeout, ...configRules } = streamRules;

const rules: OptionRules<ChainStreamOptions> = {
  ...configRules,
  ...openRules,
  checkpoint: instance,
  checkpointKey: text,
  acknowledge: oneOf('auto', 'manual'),
  batchAckInterval: duration(),
  maxAckBacklog: integer(1),
  heartbeatInterval: duration(0, ' (0 for never)'),
  onMissing: callback,
  policy: instance,
  onNotice: callback,
};

/** The options of one stream, checked and sorted. */
export interface CheckedChain {
  readonly client: ChainService;
  readonly subscriptionId: number;
  readonly options: ChainStreamOptions;
  /** When it connects again. A clean end is told apart before. */
  readonly retry: RetryConfig;
  readonly onEnd: 'ask' | 'complete' | 'reconnect';
  readonly checkpoint: CheckedCheckpoint | undefined;
}

/** Where positions are kept. */
export interface CheckedCheckpoint {
  readonly store: CheckpointStore;
  readonly keyOf: (subscriptionId: number) => string;
  readonly slotOf: (key: string) => PositionSave;
}

/** Refuses options that can never work. Errors: `TypeError` that names the option and the fix. */
export function checkChain(
  where: string,
  client: ChainService,
  subscriptionId: number,
  options: ChainStreamOptions,
): CheckedChain {
  checkOption(`${where}: the client`, instance, client ?? null);
  void subscriptionPath(where, subscriptionId);
  checkOptions(where, rules, options);
  const config = pickStreamConfig(options);
  checkStreamConfig(where, config);
  checkPolicy(where, options.policy);
  void metadataHeader(where, options.clientMetadata);
  const { timeout: _none, chunkSize: _size, onComplete, ...retry } = config;
  return {
    client,
    subscriptionId,
    options,
    retry: { ...retry, onComplete: 'complete' },
    onEnd: onComplete ?? 'ask',
    checkpoint: checkedCheckpoint(where, options),
  };
}

function checkedCheckpoint(
  where: string,
  { checkpoint: store, checkpointKey }: ChainStreamOptions,
): CheckedCheckpoint | undefined {
  if (store === undefined) {
    if (checkpointKey === undefined) return undefined;
    throw new TypeError(`${where}: option "checkpointKey" needs "checkpoint"`);
  }
  if (checkpointKey !== undefined) checkCheckpointKey(checkpointKey);
  return { store, keyOf: (id) => checkpointKey ?? `chain:${id}`, slotOf: saveSlots(store) };
}
