import { type AbiComponent, type AbiType, headSize, isDynamic } from './abi-type.js';
import { bytesReader, textReader } from './decoder-bytes.js';
import { numberAt, type Place, type Reader, slotDigits, tailAt, take } from './decoder-data.js';
import { fieldNames } from './decoder-fields.js';
import {
  addressReader,
  boolReader,
  fixedBytesReader,
  functionReader,
  integerReader,
  type Reading,
} from './decoder-words.js';
import { AbiParsingError } from './errors.js';

/** How the readers of one event are made. */
export interface ReaderContext {
  readonly reading: Reading;
  /** Where the parameter stands in the event, for the error of a type that cannot be read. */
  readonly path: string;
  /** Arrays around the value. */
  readonly depth: number;
}

/** Digits that a type has in the head. */
function headDigits(type: AbiType): number {
  return 2 * headSize(type);
}

/**
 * A reader of one type, made of the readers of what is in it.
 *
 * Errors: {@link AbiParsingError} for fixed-point numbers, which no compiler puts into a log.
 */
export function readerOf(type: AbiType, place: Place, context: ReaderContext): Reader {
  const { reading } = context;
  switch (type.kind) {
    case 'uint':
    case 'int':
      return integerReader({ kind: type.kind, bits: type.bits }, place, reading);
    case 'address':
      return addressReader(place, reading);
    case 'bool':
      return boolReader(place, reading);
    case 'function':
      return functionReader(place, reading);
    case 'bytes':
      return type.size === undefined ? bytesReader(place, reading) : fixedBytesReader(type.size, place, reading);
    case 'string':
      return textReader(place, reading);
    case 'array':
      return arrayReader(type, place, context);
    case 'tuple':
      return tupleReader(type.components, place, context);
    case 'ufixed':
    case 'fixed':
      throw new AbiParsingError(`${context.path}.type: values of fixed-point numbers cannot be decoded`, {
        path: `${context.path}.type`,
      });
  }
}

type ArrayType = Extract<AbiType, { readonly kind: 'array' }>;

/** `T[n]` of a static `T` stands in the head itself; the others have an offset there, and `T[]` its length before the elements. */
function arrayReader(type: ArrayType, place: Place, context: ReaderContext): Reader {
  const { of, length } = type;
  const { depth } = context;
  const read = readerOf(of, [...place, depth], { ...context, depth: depth + 1 });
  const width = headDigits(of);
  const elements: (...place: [...Parameters<Reader>, count: number]) => unknown[] = (data, at, base, count) => {
    const values: unknown[] = [];
    for (let index = 0; index < count; index += 1) {
      data.indexes[depth] = index;
      values.push(read(data, at + index * width, base));
    }
    return values;
  };
  if (length !== undefined && !isDynamic(of)) return (data, at, base) => elements(data, at, base, length);
  return (data, at, base) => {
    let start = tailAt(data, at, base);
    let count = length;
    if (count === undefined) {
      take(data, start, slotDigits, place);
      count = numberAt(data, start);
      start += slotDigits;
    }
    take(data, start, count * width, place);
    return elements(data, start, start, count);
  };
}

/** Named components make an object; a tuple with a component that has no name is an array, as its values go by position. */
function tupleReader(components: readonly AbiComponent[], place: Place, context: ReaderContext): Reader {
  const isNamed = components.every(({ name }) => name !== '');
  const readers = components.map(({ name, type }, index) =>
    readerOf(type, [...place, isNamed ? `.${name}` : `[${index}]`], context),
  );
  const places = headPlaces(components.map(({ type }) => type));
  const inHead = isNamed ? objectReader(components, readers, places.starts) : listReader(readers, places.starts);
  if (!components.some(({ type }) => isDynamic(type))) return inHead;
  return (data, at, base) => {
    const start = tailAt(data, at, base);
    take(data, start, places.size, place);
    return inHead(data, start, start);
  };
}

/** Where each of several types begins in their common head, and how long that is, in digits. */
export function headPlaces(types: readonly AbiType[]): { readonly starts: readonly number[]; readonly size: number } {
  let size = 0;
  const starts = types.map((type) => {
    const start = size;
    size += headDigits(type);
    return start;
  });
  return { starts, size };
}

function listReader(readers: readonly Reader[], starts: readonly number[]): Reader {
  return (data, at, base) => readers.map((read, index) => read(data, at + (starts[index] ?? 0), base));
}

function objectReader(
  components: readonly AbiComponent[],
  readers: readonly Reader[],
  starts: readonly number[],
): Reader {
  const { names, template } = fieldNames(components.map(({ name }) => name));
  const fields = readers.map((read, index) => ({ read, name: names[index] ?? '', start: starts[index] ?? 0 }));
  return (data, at, base) => {
    const record: Record<string, unknown> = { ...template };
    for (const { read, name, start } of fields) record[name] = read(data, at + start, base);
    return record;
  };
}
