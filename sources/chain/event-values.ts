import type { AbiEvent, AbiInput } from './abi.js';
import { type AbiComponent, type AbiType, abiTypeOf, canonicalType } from './abi-type.js';
import { becomeEvent } from './chain-event.js';
import { fieldNames } from './decoder-fields.js';
import { EventStreamerValidationError } from './errors.js';
import type { ChainEvent, EventArgs, FlatMeta } from './messages.js';

/** Makes the values of one event what its ABI says; `place` is the event's, for the error. The event itself stays as it is. */
type EventValues = (event: ChainEvent, place: () => string) => ChainEvent;

/** `undefined` for a value that is not of the type: none that is comes out as that. */
type Convert = (value: unknown) => unknown;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly convert: Convert;
}

/** Names under which the wire has something of its own beside the parameters. */
const wireNames: Readonly<Record<keyof FlatMeta | 'args' | 'meta', true>> = {
  block_number: true,
  transaction_hash: true,
  log_index: true,
  address: true,
  timestamp: true,
  args: true,
  meta: true,
};

/**
 * Integers as `bigint` or as decimal text, in arrays and tuples too, and tuples that come as lists as objects where their components have
 * names. Everything else is left as it came and is not looked at. An indexed array or tuple is a hash and stays one.
 *
 * Of a parameter that is called like a field of the wire (`timestamp`) only the service knows whose value it has sent; it is taken for the
 * parameter's where it can be, and else left out of `args`.
 *
 * Errors: here `AbiParsingError` for types that cannot be; of the function {@link EventStreamerValidationError} with `malformed` for an integer
 * that is neither decimal text nor a whole number below 2^53, and for what is no list or tuple where there should be one.
 */
export function eventValues(definition: AbiEvent, integers: 'bigint' | 'text'): EventValues {
  const { name: event, inputs } = definition;
  const { names } = fieldNames(inputs.map(({ name }) => name ?? ''));
  const fields = inputs.flatMap((input, index) =>
    fieldOf(input, { name: names[index] ?? '', path: `${event}.inputs[${index}]`, integers }),
  );
  const covered = names.filter((name) => Object.hasOwn(wireNames, name));
  if (covered.length === 0) return (source, place) => convertAll(source, fields, place);
  const own = fields.filter(({ name }) => !covered.includes(name));
  return (source, place) => {
    const args = { ...source.args };
    for (const field of own) args[field.name] = converted(field, source.args[field.name], place);
    for (const name of covered) {
      const value = Object.hasOwn(source.args, name) ? source.args[name] : source[name];
      const field = fields.find((one) => one.name === name);
      const fit = field === undefined ? value : field.convert(value);
      if (fit !== undefined) args[name] = fit;
    }
    return withArgs(source, args);
  };
}

/** The same event with other arguments, flat and apart. */
export function withArgs(event: ChainEvent, args: EventArgs): ChainEvent {
  const { meta } = event;
  const changed: ChainEvent = { ...event, ...args, args, meta };
  // As in every event: what is written out again is the event of the wire.
  for (const name of ['args', 'meta']) Object.defineProperty(changed, name, { enumerable: false });
  return changed;
}

function fieldOf(
  input: AbiInput,
  { name, path, integers }: { readonly name: string; readonly path: string; readonly integers: 'bigint' | 'text' },
): Field[] {
  const type = abiTypeOf(input, path);
  const isHash = input.indexed === true && (type.kind === 'array' || type.kind === 'tuple');
  const convert = isHash ? undefined : converterOf(type, integers);
  return convert === undefined ? [] : [{ name, convert, type: canonicalType(type) }];
}

function convertAll(source: ChainEvent, fields: readonly Field[], place: () => string): ChainEvent {
  const copy: Record<string, unknown> = { ...source };
  for (const field of fields) copy[field.name] = converted(field, copy[field.name], place);
  return becomeEvent(copy) ? copy : source;
}

function converted({ name, type, convert }: Field, value: unknown, place: () => string): unknown {
  const fit = convert(value);
  if (fit !== undefined) return fit;
  throw misfit(`${place()}.${name} is no ${type}`);
}

/** A batch whose events are not what they should be. The message has the place, never a value. */
export function misfit(message: string): EventStreamerValidationError {
  const details = { errorType: 'fatal_error', code: 'malformed', operation: 'read events' } as const;
  return new EventStreamerValidationError(message, details);
}

/** `undefined` where nothing is to be done. */
function converterOf(type: AbiType, integers: 'bigint' | 'text'): Convert | undefined {
  switch (type.kind) {
    case 'uint':
    case 'int':
      return integerConverter(type.kind, integers);
    case 'array': {
      const each = converterOf(type.of, integers);
      return each === undefined ? undefined : (value) => (isList(value) ? allOf(value, each) : undefined);
    }
    case 'tuple':
      return tupleConverter(type.components, integers);
    case 'ufixed':
    case 'fixed':
    case 'address':
    case 'bool':
    case 'string':
    case 'function':
    case 'bytes':
      return undefined;
  }
}

/** 2^256 has 78 digits; endless ones would cost quadratic time. */
const forms = { uint: /^\d{1,78}$/, int: /^-?\d{1,78}$/ };

function integerConverter(kind: 'uint' | 'int', integers: 'bigint' | 'text'): Convert {
  const form = forms[kind];
  return (value) => {
    // A bigger number has lost digits already.
    if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || !form.test(text)) return undefined;
    return integers === 'bigint' ? BigInt(text) : text;
  };
}

function tupleConverter(components: readonly AbiComponent[], integers: 'bigint' | 'text'): Convert {
  const converters = components.map(({ type }) => converterOf(type, integers) ?? same);
  if (components.some(({ name }) => name === '')) {
    return (value) => (isList(value) && value.length === components.length ? eachBy(value, converters) : undefined);
  }
  const { names } = fieldNames(components.map(({ name }) => name));
  return (value) => {
    const list = isList(value) ? value : membersOf(value, names);
    if (list?.length !== names.length) return undefined;
    const values = eachBy(list, converters);
    return values === undefined ? undefined : Object.fromEntries(names.map((name, index) => [name, values[index]]));
  };
}

function same(value: unknown): unknown {
  return value;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function membersOf(value: unknown, names: readonly string[]): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  return names.map((name) => members.get(name));
}

function allOf(values: readonly unknown[], convert: Convert): readonly unknown[] | undefined {
  const results: unknown[] = [];
  for (const value of values) {
    const result = convert(value);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}

function eachBy(values: readonly unknown[], converters: readonly Convert[]): readonly unknown[] | undefined {
  const results = converters.map((convert, index) => convert(values[index]));
  return results.includes(undefined) ? undefined : results;
}
