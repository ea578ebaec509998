import type { Observable } from 'rxjs';
import { checkOptions, instance, oneOf, type OptionRules } from '../../lib/check-options.js';
import type { Delivery } from '../../lib/delivery.js';
import { type Schema, validate } from '../../lib/schema.js';
import type { AbiSource } from './abi.js';
import type { EventArgsOf, EventNameOf } from './abi-values.js';
import { type BatchView, splitBatches } from './batch-views.js';
import { eventValues, misfit, withArgs } from './event-values.js';
import { extractAbiEvent } from './extract-abi.js';
import type { ChainEvent, EventArgs, EventBatch } from './messages.js';

/** The events of one name in a batch. */
export interface EventsOf<Name extends string = string, Args extends EventArgs = EventArgs> {
  readonly name: Name;
  /** The whole batch, as it came. */
  readonly batch: EventBatch;
  /** At least one, in the order of the chain. */
  readonly events: readonly ChainEvent<Args>[];
}

/** What is checked of events that are known by name only. */
export interface NamedEventOptions<Args extends EventArgs = EventArgs> {
  /** Of the `args` of every event; its output takes their place. @default no check */
  readonly schema?: Schema<Args> | undefined;
}

/** How the values of events are read whose ABI is known. */
export interface OfEventOptions<
  Integers extends 'bigint' | 'text' = 'bigint',
  Args extends EventArgs = EventArgs,
> extends NamedEventOptions<Args> {
  /** `bigint`, or decimal text as the service sends them; of every size, in arrays and tuples too. @default 'bigint' */
  readonly integers?: Integers | undefined;
}

/** A name of the ABI, or a full signature where there are overloads. */
export type EventKeyOf<Abi> = EventNameOf<Abi> | `${EventNameOf<Abi>}(${string}`;

/** The name in a name or full signature. */
export type NameOfKey<Key extends string> = Key extends `${infer Name}(${string}` ? Name : Key;

/**
 * The events of one name, with their batch; batches without such events are left out. It stands behind batches and behind deliveries of
 * batches. With an ABI the arguments are typed by it, and integers are `bigint`; overloads go by their full signature. The batch itself is
 * not changed. Synchronous and in order; holds nothing.
 *
 * **Of a delivered batch the delivery that comes out has its duty**: its `ack` acknowledges the whole batch, also the events of other names in it.
 * A delivery of a batch without such events is acknowledged at once. Two `ofEvent` on one stream of deliveries therefore need
 * `shareDeliveries`, or `byEvent` in their place. Plain batches are acknowledged as their stream says; with `acknowledge: 'manual'` whoever
 * leaves batches out here leaves them unacknowledged.
 *
 * An event that is not what its ABI or `schema` says nacks its delivery, so that `redeliver` and `deadLetter` may have it; of plain batches it is
 * the error of the stream.
 *
 * Errors: `EventStreamerValidationError` with `malformed`; what `schema` throws; those of the source. At once: `AbiParsingError`, with
 * `event_not_found` for a name that the ABI does not have, and a `TypeError` for options that cannot be.
 *
 * @example
 * import { chainEvents, eventStreamer, ofEvent } from 'tailrace/sources/chain';
 * import { ackMap } from 'tailrace/operators';
 *
 * const abi = ['event Transfer(address indexed from, address indexed to, uint256 value)'] as const;
 * const client = eventStreamer({ serviceUrl: 'https://events.example.com', subscriberId: 'billing' });
 * let total = 0n;
 * chainEvents(client, 7, { maxUnacked: 10 })
 *   .pipe(
 *     ofEvent(abi, 'Transfer'),
 *     ackMap(({ events }) => {
 *       for (const { args } of events) total += args.value;
 *       return [total];
 *     }),
 *   )
 *   .subscribe();
 */
export function ofEvent<const Name extends string, Args extends EventArgs = EventArgs>(
  name: Name,
  options?: NamedEventOptions<Args>,
): BatchView<EventsOf<Name, Args>>;
export function ofEvent<
  const Abi extends AbiSource,
  const Key extends EventKeyOf<Abi>,
  Integers extends 'bigint' | 'text' = 'bigint',
  Args extends EventArgs = EventArgsOf<Abi, Key, Integers>,
>(abi: Abi, name: Key, options?: OfEventOptions<Integers, Args>): BatchView<EventsOf<NameOfKey<Key>, Args>>;
export function ofEvent(
  first: AbiSource,
  second?: string | NamedEventOptions,
  third?: OfEventOptions<'bigint' | 'text'>,
): (source: Observable<EventBatch | Delivery<EventBatch>>) => Observable<unknown> {
  return splitBatches(eventPicker(first, second, third), { flushes: 'each' });
}

const namedRules: OptionRules<NamedEventOptions> = { schema: instance };
const rules: OptionRules<OfEventOptions<'bigint' | 'text'>> = { ...namedRules, integers: oneOf('bigint', 'text') };

/** What `ofEvent` makes of one batch: nothing or one. Errors: as {@link ofEvent}. */
export function eventPicker(
  first: AbiSource,
  second?: string | NamedEventOptions,
  third?: OfEventOptions<'bigint' | 'text'>,
): (batch: EventBatch) => readonly EventsOf[] {
  const { name, read } =
    typeof second === 'string' ? abiReader(first, second, third ?? {}) : nameReader(first, second ?? {});
  return (batch) => {
    // An event may be called `constructor`.
    const found = Object.hasOwn(batch.events, name) ? batch.events[name] : undefined;
    if (found === undefined || found.length === 0) return [];
    const events = read === undefined ? found : found.map((event, index) => read(event, () => `${name}[${index}]`));
    return [{ name, batch, events }];
  };
}

type ReadEvent = (event: ChainEvent, place: () => string) => ChainEvent;

interface EventReader {
  readonly name: string;
  /** `undefined` where events are taken as they come. */
  readonly read: ReadEvent | undefined;
}

function nameReader(name: AbiSource, options: NamedEventOptions): EventReader {
  if (typeof name !== 'string' || name === '') throw new TypeError('ofEvent: name must be a non-empty text');
  checkOptions('ofEvent', namedRules, options);
  return { name, read: checkedBy(options.schema) };
}

function abiReader(abi: AbiSource, key: string, options: OfEventOptions<'bigint' | 'text'>): EventReader {
  checkOptions('ofEvent', rules, options);
  const { integers = 'bigint', schema } = options;
  const definition = extractAbiEvent(abi, key);
  const { name } = definition;
  const convert = eventValues(definition, integers);
  const check = checkedBy(schema);
  if (check === undefined) return { name, read: convert };
  return { name, read: (event, place) => check(convert(event, place), place) };
}

function checkedBy(schema: Schema<EventArgs> | undefined): ReadEvent | undefined {
  if (schema === undefined) return undefined;
  return (event, place) => {
    const checked = validate(schema, event.args);
    if (checked.ok) return withArgs(event, checked.value);
    throw misfit(`${place()}: ${checked.message}`);
  };
}
