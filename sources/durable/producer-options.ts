import { checkOption, checkOptions, duration, flag, integer, type OptionRules } from '../../lib/check-options.js';
import { headerRule } from '../../lib/header-value.js';
import { signalRule } from './abortable.js';
import { contentTypeRule } from './content-type.js';
import { checkDurable, type CheckedDurable, type DurableOptions, durableRules } from './options.js';

/** How a producer numbers, batches and holds what it is given. */
export interface ProducerOptions extends DurableOptions {
  /**
   * Which life of this producer id it is. A restarted process must come with a higher one than all before, or with `autoClaim`: with the same
   * one the server takes its first batches for repeats and drops them. @default 0
   */
  epoch?: number | undefined;
  /**
   * Take over whatever epoch the server has: the next one is claimed, and everything unacknowledged goes out again under it. The first request
   * of all carries a number that the server can only refuse, which tells what it knows of the id. @default false
   */
  autoClaim?: boolean | undefined;
  /** The stream's media type. JSON streams take values, all others text and bytes. @default what the handle says, or one HEAD request */
  contentType?: string | undefined;
  /** Batches under way at once; 1 until the first one of an epoch is accepted. @default 5 */
  maxInFlight?: number | undefined;
  /** How long the first value of a batch waits for others, in milliseconds. @default 5 */
  lingerMs?: number | undefined;
  /** Largest body, in bytes; a value that is larger goes alone. @default 1_048_576 */
  maxBatchLength?: number | undefined;
  /** Most values in one body. @default 1_000 */
  maxBatchItems?: number | undefined;
  /** Most values held and unacknowledged, in flight included; see `ready`. @default 10_000 */
  maxQueued?: number | undefined;
  /** The same in bytes; passed by the last value at most. @default 16_777_216 */
  maxQueuedLength?: number | undefined;
  /** Stops everything at once, as `detach` does. @default undefined */
  signal?: AbortSignal | undefined;
  /** Failures in a row of one batch before the producer fails; -1 for no end. @default -1 */
  maxRetries?: number | undefined;
}

/** A stream by its address, or a handle of it. */
export type ProducerTarget = string | URL | ProducerStream;

/** What a producer takes from a handle: `DurableStream` is one. */
export interface ProducerStream {
  readonly url: string | URL;
  readonly contentType?: string | undefined;
  /** Used where the producer's own options say nothing. */
  readonly options?: DurableOptions | undefined;
}

/** Options with their defaults, and the address. */
export interface CheckedProducer {
  readonly checked: CheckedDurable;
  readonly id: string;
  readonly epoch: number;
  readonly autoClaim: boolean;
  readonly contentType: string | undefined;
  readonly maxInFlight: number;
  readonly lingerMs: number;
  readonly maxBatchLength: number;
  readonly maxBatchItems: number;
  readonly maxQueued: number;
  readonly maxQueuedLength: number;
  readonly signal: AbortSignal | undefined;
}

/** The last number a server can compare exactly (draft 1.0, 5.2.1: 0 to 2^53-1). */
export const lastNumber: number = Number.MAX_SAFE_INTEGER;

const rules: OptionRules<ProducerOptions> = {
  ...durableRules,
  epoch: integer(0),
  autoClaim: flag,
  contentType: contentTypeRule,
  maxInFlight: integer(1, 100),
  lingerMs: duration(),
  maxBatchLength: integer(1),
  maxBatchItems: integer(1),
  maxQueued: integer(1),
  maxQueuedLength: integer(1),
  signal: signalRule,
};

const where = 'IdempotentProducer';

/** Errors: `TypeError` that names the option, the id or the URL. */
export function checkProducer(target: ProducerTarget, id: string, options: ProducerOptions): CheckedProducer {
  checkOptions(where, rules, options);
  const idRule = headerRule('producer-id');
  const expected = `a non-empty text, ${idRule.expected}`;
  const test = (value: unknown): boolean => value !== '' && idRule.test(value);
  checkOption(`${where}: the producer id`, { expected, test }, id ?? null);
  checkOption(`${where}: the stream`, { expected: 'a URL or a DurableStream', test: isTarget }, target ?? null);
  const stream: ProducerStream = typeof target === 'string' || target instanceof URL ? { url: target } : target;
  const { epoch = 0, autoClaim = false, contentType = stream.contentType, signal } = options;
  const { maxInFlight = 5, lingerMs = 5, maxBatchLength = 1_048_576, maxBatchItems = 1_000 } = options;
  const { maxQueued = 10_000, maxQueuedLength = 16_777_216 } = options;
  const checked = checkDurable(where, stream.url, { ...stream.options, ...given(options) });
  return {
    // A batch that is given up leaves a hole in the numbers: only without end is the outcome certain.
    // The handler is asked, not told: the retry would call it about every failure.
    checked: { ...checked, config: { maxRetries: -1, ...checked.config, onError: undefined } },
    ...{ id, epoch, autoClaim, contentType, signal },
    ...{ maxInFlight, lingerMs, maxBatchLength, maxBatchItems, maxQueued, maxQueuedLength },
  };
}

function isTarget(value: unknown): boolean {
  return (
    typeof value === 'string' || (typeof value === 'object' && value !== null && ('url' in value || 'href' in value))
  );
}

/** `undefined` means the default, which here is the handle's. */
function given(options: ProducerOptions): ProducerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
