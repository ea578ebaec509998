import { checkOptions, oneOf, type OptionRules } from '../../lib/check-options.js';
import type { AbiEvent, AbiSource } from './abi.js';
import { abiEvents } from './abi-entries.js';
import { readAbiEvent } from './abi-event.js';
import { abiError } from './abi-inputs.js';
import type { AbiEventOf } from './abi-values.js';
import { AbiParsingError } from './errors.js';
import { eventSignature } from './event-topic.js';
import { entriesOfTexts } from './human-readable-abi.js';

/** How events are told apart. */
export interface AbiEventsOptions {
  /** By name, which refuses overloads, or by full signature, as in `Transfer(address,address,uint256)`. @default 'name' */
  keys?: 'name' | 'signature' | undefined;
}

const rules: OptionRules<AbiEventsOptions> = { keys: oneOf('name', 'signature') };

/** More names would flood a log. */
const mostListed = 50;

/**
 * One event of an ABI, by its name, or by its full signature where it has overloads. The whole ABI is checked, not only this event. Types
 * come written out (`uint256` for `uint`); of an `as const` ABI the compiler knows the result.
 *
 * Errors: {@link AbiParsingError} with `event_not_found`, which lists what there is, for an ABI without it; with `invalid_abi` for an ABI
 * that cannot be, with the place, and for a name that several events have, with their signatures.
 *
 * @example
 * import { extractAbiEvent } from 'tailrace/sources/chain';
 *
 * const abi = '[{"type":"event","name":"Paid","inputs":[{"name":"by","type":"address","indexed":true}]}]';
 * console.log(extractAbiEvent(abi, 'Paid').inputs[0]?.name); // by
 */
export function extractAbiEvent<const Abi extends AbiSource, const Name extends string>(
  abi: Abi,
  name: Name,
): AbiEventOf<Abi, Name>;
export function extractAbiEvent(abi: AbiSource, name: string): AbiEvent {
  const events = abiEvents(abi);
  const isSignature = name.includes('(');
  const wanted = isSignature ? signatureOf(name) : name;
  const found = events.filter((event) => (isSignature ? eventSignature(event) : event.name) === wanted);
  const [event] = found;
  if (event === undefined) throw notFound(wanted, events);
  if (found.length > 1) throw duplicate(wanted, found);
  return event;
}

/**
 * All events of an ABI, in its order. Functions and the rest are not looked at.
 *
 * Errors: a `TypeError` for an option that cannot be; {@link AbiParsingError} for an ABI that cannot be, with the place, and for two
 * events with the same key.
 *
 * @example
 * import { extractAbiEvents } from 'tailrace/sources/chain';
 *
 * const abi = ['event Paid(address by)', 'event Paid(address by, uint256 amount)'];
 * console.log(Object.keys(extractAbiEvents(abi, { keys: 'signature' }))); // [ 'Paid(address)', 'Paid(address,uint256)' ]
 */
export function extractAbiEvents(abi: AbiSource, options: AbiEventsOptions = {}): Readonly<Record<string, AbiEvent>> {
  checkOptions('extractAbiEvents', rules, options);
  return keyedEvents(abiEvents(abi), options);
}

/** Events by their keys. Errors: as {@link extractAbiEvents}. */
export function keyedEvents(
  events: readonly AbiEvent[],
  { keys = 'name' }: AbiEventsOptions,
): Readonly<Record<string, AbiEvent>> {
  const byKey = new Map<string, AbiEvent>();
  for (const event of events) {
    const key = keys === 'name' ? event.name : eventSignature(event);
    const other = byKey.get(key);
    if (other !== undefined) throw duplicate(key, [other, event]);
    byKey.set(key, event);
  }
  // A name like __proto__ becomes a member as well.
  return Object.fromEntries(byKey);
}

/** `uint` for `uint256` and blanks are forgiven. */
function signatureOf(name: string): string {
  const [event] = entriesOfTexts([{ path: 'name', text: `event ${name}` }]);
  return eventSignature(readAbiEvent(event?.entry, 'name'));
}

function notFound(name: string, events: readonly AbiEvent[]): AbiParsingError {
  const names = [...new Set(events.map((event) => event.name))];
  const more = names.length > mostListed ? `, and ${names.length - mostListed} more` : '';
  const available = names.length === 0 ? 'it has no events' : `it has ${names.slice(0, mostListed).join(', ')}${more}`;
  const message = `Event ${JSON.stringify(name.slice(0, 200))} not found in ABI; ${available}`;
  return new AbiParsingError(message, { path: 'abi', code: 'event_not_found' });
}

function duplicate(key: string, events: readonly AbiEvent[]): AbiParsingError {
  const signatures = [...new Set(events.map(eventSignature))];
  const way =
    signatures.length > 1 ? `ask for ${signatures.slice(0, mostListed).join(' or ')}` : 'they have one signature';
  return abiError('abi', `Duplicate event name ${key}: ${way}`);
}
