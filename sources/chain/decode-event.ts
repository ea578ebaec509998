import { checkOptions, flag, oneOf, type OptionRules } from '../../lib/check-options.js';
import type { AbiEvent } from './abi.js';
import { readAbiEvent } from './abi-event.js';
import type { EventArgsOf } from './abi-values.js';
import { checksumMemo } from './checksum-address.js';
import { logReader } from './decoder-event.js';
import type { Reading } from './decoder-words.js';
import { eventSignature, eventTopic } from './event-topic.js';
import type { EventArgs } from './messages.js';

/** What a decoder needs of a log; a node's JSON-RPC and every client have it under these names. More members do no harm. */
export interface EventLog {
  /** The contract; not looked at. */
  readonly address?: string | undefined;
  /** 32 bytes each, as `0x` and hex digits. */
  readonly topics: readonly string[];
  /** `0x` and hex digits; `0x` alone for nothing. */
  readonly data: string;
}

/** How the values of a log are read. */
export interface CompileOptions<Integers extends 'bigint' | 'text' = 'bigint' | 'text'> {
  /**
   * Only what an encoder writes is taken. `false` lets two kinds of dirt pass that old contracts leave: anything in the padding of a
   * value (which is cut off as the EVM would; a `bool` is true unless all of it is 0; behind the last byte of `bytes` and `string` it
   * may be missing) and bytes of the data that belong to no value. All else is refused either way. @default true
   */
  strict?: boolean | undefined;
  /** `bigint`, or decimal text as the Event Streamer service sends them. For integers of every size. @default 'bigint' */
  integers?: Integers | undefined;
  /** Writes addresses with the capitals of EIP-55, by a memory for those of late; otherwise in small letters. @default false */
  checksum?: boolean | undefined;
}

const rules: OptionRules<CompileOptions> = { strict: flag, integers: oneOf('bigint', 'text'), checksum: flag };

/** An event with its decoder, made once for any number of logs. */
export interface CompiledEvent<Args extends EventArgs = EventArgs> {
  readonly event: AbiEvent;
  /** The first topic of its logs; those of an anonymous event do not carry it. */
  readonly topic0: string;
  /** `Transfer(address,address,uint256)` */
  readonly signature: string;
  /** The parameters of one log. Errors: `AbiDecodingError`. */
  readonly decode: (log: EventLog) => Args;
}

/** An event as ABIs have it: `anonymous` may be left out. */
export type EventDefinition = Omit<AbiEvent, 'anonymous'> & { readonly anonymous?: boolean | undefined };

/** The arguments of an event that is known to the compiler. */
export type ArgsOfEvent<Event extends EventDefinition, Integers extends 'bigint' | 'text' = 'bigint'> = EventArgsOf<
  readonly [Event],
  Event['name'],
  Integers
>;

/**
 * A decoder for the logs of one event. All that the types decide is decided here, once; a log then costs about a microsecond.
 *
 * Arguments go by their names, in the order of the event: integers as `bigint` or text, addresses and bytes as hex text in small
 * letters, arrays as arrays, tuples as objects, or as arrays where a component has no name. A parameter without a name, or with one that
 * an earlier one has, goes by its position (`'0'`). Of an indexed `string`, `bytes`, array or tuple a log has the hash, and so has the
 * result.
 *
 * A log is taken only whole: as many topics as the event has, the right first one (but for anonymous events, which have none), every
 * offset and length within the data before anything is allocated for it, no digit read twice, every padding right, text in UTF-8, nothing
 * left over. So an ERC-721 `Transfer` is not taken for that of ERC-20, which has the same hash.
 *
 * Values cut out of a log may keep its text in memory for as long as they are held.
 *
 * Errors: here `TypeError` for options that cannot be and `AbiParsingError` for types that cannot be read, fixed-point numbers among them;
 * of `decode` {@link AbiDecodingError}, whatever the log is.
 *
 * @example
 * import { compileEvent, extractAbiEvent } from 'tailrace/sources/chain';
 *
 * const transfer = compileEvent(extractAbiEvent(['event Transfer(address indexed from, address indexed to, uint256 value)'], 'Transfer'));
 * const { from, to, value } = transfer.decode({
 *   topics: [transfer.topic0, `0x${'0'.repeat(63)}1`, `0x${'0'.repeat(63)}2`],
 *   data: `0x${'0'.repeat(63)}3`,
 * });
 */
export function compileEvent<const Event extends EventDefinition, Integers extends 'bigint' | 'text' = 'bigint'>(
  event: Event,
  options?: CompileOptions<Integers>,
): CompiledEvent<ArgsOfEvent<Event, Integers>>;
export function compileEvent(event: EventDefinition, options: CompileOptions = {}): CompiledEvent {
  return compileWith(readAbiEvent(event, 'event'), checkReading('compileEvent', options));
}

/** A log as its event has it. */
export interface DecodedArgs<Args extends EventArgs = EventArgs> {
  /** Of the event. */
  readonly name: string;
  readonly args: Args;
}

/**
 * The name and the arguments of one log of a compiled event.
 *
 * Errors: {@link AbiDecodingError}, its `path` the parameter (`orders[2].maker`), `topics` or `data`.
 */
export function decodeEvent<Args extends EventArgs>(compiled: CompiledEvent<Args>, log: EventLog): DecodedArgs<Args> {
  return { name: compiled.event.name, args: compiled.decode(log) };
}

/** Options as the readers need them. */
export function checkReading(where: string, options: CompileOptions): Reading {
  checkOptions(where, rules, options);
  const { strict = true, integers = 'bigint', checksum = false } = options;
  return { strict, integers, checksum: checksum ? checksumMemo() : undefined };
}

/** The same for options that are checked: several events share one memory for addresses. */
export function compileWith(event: AbiEvent, reading: Reading): CompiledEvent {
  const topic0 = eventTopic(event);
  const decode = logReader(event, event.anonymous ? undefined : topic0, reading);
  return { event, topic0, signature: eventSignature(event), decode };
}
