import {
  checkOptions,
  duration,
  instance,
  integer,
  oneOf,
  type OptionRule,
  type OptionRules,
  text,
} from '../../lib/check-options.js';
import { childMonitor, type StreamMonitor } from '../../lib/state.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { type DurablePlace, readPlace } from './parts.js';

/** What data is read as. */
export type DurableMode = 'json' | 'text' | 'bytes';

/** What happens at the tail; see the option `live`. */
export type LiveMode = boolean | 'auto' | 'long-poll' | 'sse';

/** Where reading begins, how it goes on at the tail, and what it may hold. */
export interface DurableReadOptions extends DurableOptions {
  /** `-1` is the beginning, `now` the tail; else an offset of the server or the position of a delivery. @default '-1' */
  offset?: string | undefined;
  /**
   * What happens at the tail: `false` completes, `long-poll` asks and waits, `sse` keeps one connection open and falls back to
   * long-poll where it does not get through. `auto` is `false` for what is read whole and `long-poll` for all else; `true` is
   * `sse` where that is exact (JSON and binary streams) and `long-poll` for text. @default 'auto'
   */
  live?: LiveMode | undefined;
  /** Of an earlier session: echoed on live requests from the first one on, so that caches share answers. Opaque. @default none */
  cursor?: string | undefined;
  /**
   * What data is read as. `json` on a stream that is not JSON is an error; `text` and `bytes` always work, on a JSON stream they give
   * its arrays as text. @default by the stream's content type
   */
  mode?: DurableMode | undefined;
  /** A message of a JSON stream may have this many bytes. @default 16_777_216 */
  maxItemLength?: number | undefined;
  /**
   * What is held together may have this many bytes: data of an SSE batch whose position is not known yet, and whole bodies where a view
   * keeps them together. @default 67_108_864
   */
  maxBatchLength?: number | undefined;
  /**
   * After SSE has not got through, the wait before it is tried again, in milliseconds, with jitter; it doubles each time, up to an hour.
   * @default 60_000
   */
  sseProbeInterval?: number | undefined;
}

/** Offsets have at most about 256 characters (draft 1.0, 1.3); a little more for what a position adds. */
const longestPosition = 1_024;
const position: OptionRule = {
  expected: '"-1", "now", an offset of the server or the position of a delivery',
  test: (value) => typeof value === 'string' && value.length <= longestPosition && readPlace(value) !== undefined,
};
/** The longest text that every engine holds. */
const maxTextLength = 2 ** 29 - 2 ** 20;

const readRules: OptionRules<Omit<DurableReadOptions, keyof DurableOptions>> = {
  offset: position,
  live: oneOf(false, true, 'auto', 'long-poll', 'sse'),
  cursor: text,
  mode: oneOf('json', 'text', 'bytes'),
  maxItemLength: integer(1, maxTextLength, ' bytes'),
  maxBatchLength: integer(1, maxTextLength, ' bytes'),
  sseProbeInterval: duration(1),
};

export const durableReadRules: OptionRules<DurableReadOptions> = { ...durableRules, ...readRules, monitor: instance };

/** Limits of what is held. */
export interface ReadLimits {
  readonly maxItemLength: number;
  readonly maxBatchLength: number;
}

/** Options for reading that can work. */
export interface CheckedRead {
  readonly checked: CheckedDurable;
  readonly start: DurablePlace;
  readonly cursor: string | undefined;
  readonly mode: DurableMode | undefined;
  readonly limits: ReadLimits;
  readonly sseProbeInterval: number;
  /** That of the options, which may watch several streams. */
  readonly parent: StreamMonitor | undefined;
}

/** Refuses what can never work. Errors: `TypeError` that names the option. */
export function checkRead(where: string, url: string | URL, options: DurableReadOptions): CheckedRead {
  checkOptions(where, durableReadRules, options);
  const { maxItemLength = 16_777_216, maxBatchLength = 67_108_864, sseProbeInterval = 60_000 } = options;
  return {
    checked: checkDurable(where, url, options),
    start: readPlace(options.offset ?? '-1') ?? { offset: '-1', skip: 0 },
    cursor: options.cursor,
    mode: options.mode,
    limits: { maxItemLength, maxBatchLength },
    sseProbeInterval,
    parent: options.monitor,
  };
}

/** That of one subscription: what several share cannot tell whose connection has ended. */
export function ownMonitor({ parent }: CheckedRead): StreamMonitor {
  return parent?.isChild === true ? parent : childMonitor(parent);
}
