import type { AbiEvent, AbiSource } from './abi.js';
import { abiEvents } from './abi-entries.js';
import type { EventArgsOf, EventNameOf } from './abi-values.js';
import { checkReading, type CompiledEvent, type CompileOptions, compileWith, type EventLog } from './decode-event.js';
import { failure } from './decoder-data.js';
import { AbiDecodingError, AbiParsingError } from './errors.js';
import type { EventArgs } from './messages.js';

/** A log of an event of the ABI. */
export interface KnownLog<Name extends string = string, Args extends EventArgs = EventArgs, Log = EventLog> {
  readonly type: 'event';
  readonly name: Name;
  /** `Transfer(address,address,uint256)`: tells overloads apart. */
  readonly signature: string;
  readonly args: Args;
  /** As it was given. */
  readonly log: Log;
}

/** A log whose first topic the ABI does not have, or that has none. */
export interface UnknownLog<Log = EventLog> {
  readonly type: 'unknown';
  readonly log: Log;
}

/** A log that says it is of an event of the ABI, and is not; or no log at all. */
export interface UndecodableLog<Log = EventLog> {
  readonly type: 'undecodable';
  /** Of the event that it says it is; `undefined` for what is no log at all. */
  readonly name: string | undefined;
  readonly error: AbiDecodingError;
  readonly log: Log;
}

/** What became of a log: every log becomes one of them, none is lost. */
export type DecodedEvent<
  Abi extends AbiSource = AbiSource,
  Integers extends 'bigint' | 'text' = 'bigint',
  Log = EventLog,
> = KnownLogOf<Abi, Integers, Log> | UnknownLog<Log> | UndecodableLog<Log>;

type KnownLogOf<Abi extends AbiSource, Integers extends 'bigint' | 'text', Log> = {
  readonly [Name in EventNameOf<Abi>]: KnownLog<Name, EventArgsOf<Abi, Name, Integers>, Log>;
}[EventNameOf<Abi>];

/** Decodes the logs of a contract. */
export type EventDecoder<Abi extends AbiSource = AbiSource, Integers extends 'bigint' | 'text' = 'bigint'> = <
  Log extends EventLog,
>(
  log: Log,
) => DecodedEvent<Abi, Integers, Log>;

/**
 * A decoder for all logs of a contract. The first topic says which event a log is of, overloads included; events that share one (a
 * `Transfer` of ERC-20 and one of ERC-721 in the same ABI) are told apart by the number of topics.
 *
 * It throws for no log: what does not fit is a value with the reason. Logs of anonymous events say nothing of what they are and come out
 * as `unknown`; `compileEvent` reads them where it is known which are which.
 *
 * Errors: here `TypeError` for options that cannot be and {@link AbiParsingError} for an ABI that cannot be, for fixed-point numbers, and
 * for events that nothing tells apart.
 *
 * @example
 * import { eventDecoder } from 'tailrace/sources/chain';
 *
 * const decode = eventDecoder(['event Transfer(address indexed from, address indexed to, uint256 value)']);
 * const decoded = decode({ topics: [`0x${'0'.repeat(64)}`], data: '0x' });
 * if (decoded.type === 'event') console.log(decoded.args);
 * else console.log(decoded.type); // unknown
 */
export function eventDecoder<const Abi extends AbiSource, Integers extends 'bigint' | 'text' = 'bigint'>(
  abi: Abi,
  options?: CompileOptions<Integers>,
): EventDecoder<Abi, Integers>;
export function eventDecoder(
  abi: AbiSource,
  options: CompileOptions = {},
): <Log extends EventLog>(log: Log) => KnownLog<string, EventArgs, Log> | UnknownLog<Log> | UndecodableLog<Log> {
  const reading = checkReading('eventDecoder', options);
  const known = abiEvents(abi).filter(({ anonymous }) => !anonymous);
  const byTopic = groupByTopic(known.map((event) => compileWith(event, reading)));
  return (log) => {
    const topics = topicsOf(log);
    if (topics === undefined) return { type: 'undecodable', name: undefined, error: noLog(log), log };
    const candidates = candidatesFor(byTopic, topics[0]);
    const [first] = candidates;
    if (first === undefined) return { type: 'unknown', log };
    const compiled = candidates.find(({ event }) => topicCount(event) === topics.length) ?? first;
    return decoded(compiled, log);
  };
}

function decoded<Log extends EventLog>(
  { event, signature, decode }: CompiledEvent,
  log: Log,
): KnownLog<string, EventArgs, Log> | UndecodableLog<Log> {
  const { name } = event;
  try {
    return { type: 'event', name, signature, args: decode(log), log };
  } catch (error) {
    if (!(error instanceof AbiDecodingError)) throw error;
    return { type: 'undecodable', name, error, log };
  }
}

/** Callers in plain JavaScript may hand over anything. */
function topicsOf(log: unknown): readonly unknown[] | undefined {
  if (typeof log !== 'object' || log === null || !('topics' in log)) return undefined;
  const { topics } = log;
  return Array.isArray(topics) ? topics : undefined;
}

function noLog(log: unknown): AbiDecodingError {
  return typeof log === 'object' && log !== null ? failure('topics', 'are no array') : failure('log', 'is no object');
}

function candidatesFor(
  byTopic: ReadonlyMap<string, readonly CompiledEvent[]>,
  topic: unknown,
): readonly CompiledEvent[] {
  if (typeof topic !== 'string') return [];
  return byTopic.get(topic) ?? byTopic.get(topic.toLowerCase()) ?? [];
}

function groupByTopic(events: readonly CompiledEvent[]): ReadonlyMap<string, readonly CompiledEvent[]> {
  const groups = new Map<string, CompiledEvent[]>();
  for (const compiled of events) {
    const group = groups.get(compiled.topic0) ?? [];
    const twin = group.find(({ event }) => topicCount(event) === topicCount(compiled.event));
    if (twin === undefined) groups.set(compiled.topic0, [...group, compiled]);
    else checkSame(twin, compiled);
  }
  return groups;
}

/** The same event twice does no harm: the first one's names count. */
function checkSame(one: CompiledEvent, other: CompiledEvent): void {
  const differ = one.event.inputs.some(({ indexed }, index) => indexed !== other.event.inputs[index]?.indexed);
  if (!differ) return;
  const problem = `two events ${one.signature} have as many indexed parameters, but not the same: no log says which it is of`;
  throw new AbiParsingError(`abi: ${problem}`, { path: 'abi' });
}

function topicCount({ inputs }: AbiEvent): number {
  return 1 + inputs.filter(({ indexed }) => indexed === true).length;
}
