import type { Malformed } from '../../lib/decode.js';
import type { StreamError } from '../../lib/errors.js';
import type { PostEnvelope } from './envelopes.js';
import type { XErrorCode } from './problem-verdict.js';

/** An item, exactly as X sends it. */
export interface ItemMessage<Item> {
  readonly type: 'item';
  readonly item: Item;
}

/** An empty line: X sends one at least every 20 seconds, a little late at times. */
export interface KeepAliveMessage {
  readonly type: 'keep_alive';
}

/** X speaks about the connection, or about something that it could not do. */
export interface NoticeMessage {
  readonly type: 'notice';
  readonly notice: Notice;
  /** The same as an error, classified. A program that reads messages decides itself whether it is one. */
  readonly error: StreamError<XErrorCode>;
}

/** What a notice says, in X's own words. */
export interface Notice {
  readonly title: string | undefined;
  readonly detail: string | undefined;
  /** The end of the problem's type: `operational-disconnect` of `https://api.x.com/2/problems/operational-disconnect`. */
  readonly slug: string | undefined;
  /** `OperationalDisconnect`, `SlowReader`, `InvalidRules`, ... */
  readonly disconnectType: string | undefined;
  /** Whether the connection is over; other notices concern one object, and the stream goes on. */
  readonly isDisconnect: boolean;
  /** The whole problem, for members that X adds. */
  readonly problem: Readonly<Record<string, unknown>>;
}

/** Powerstream's first line when asked for one data centre only. */
export interface MetadataMessage {
  readonly type: 'metadata';
  readonly datacenter: string | undefined;
  readonly timestamp: string | undefined;
}

/** A line that this version does not know: passed on, never an error. */
export interface UnknownMessage {
  readonly type: 'unknown';
  readonly value: unknown;
}

/** Everything that a stream of X can say. */
export type XMessage<Item = PostEnvelope> =
  ItemMessage<Item> | KeepAliveMessage | NoticeMessage | Malformed | MetadataMessage | UnknownMessage;
