import type { AbiEvent } from './abi.js';
import { type AbiType, abiTypeOf, isDynamic } from './abi-type.js';
import { failure, type LogData, openHex, prefixLength, type Reader, slotDigits, take } from './decoder-data.js';
import { fieldNames } from './decoder-fields.js';
import { headPlaces, readerOf } from './decoder-types.js';
import { fixedBytesReader, type Reading } from './decoder-words.js';

/** Reads the parameters of a log of one event. Takes nothing about the log for granted. */
export type LogReader = (log: unknown) => Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly type: AbiType;
  readonly path: string;
  readonly indexed: boolean;
}

interface Field {
  readonly name: string;
  readonly read: Reader;
  /** Its topic; `undefined` for what is in the data. */
  readonly topic: number | undefined;
  readonly path: string;
  /** Where in the head of the data. */
  readonly start: number;
}

/**
 * A reader of the logs of an event: everything about the types is decided here, once. `topic0` is `undefined` for anonymous events.
 *
 * Errors: `AbiParsingError` for a type that cannot be read.
 */
export function logReader(event: AbiEvent, topic0: string | undefined, reading: Reading): LogReader {
  const { names, template } = fieldNames(event.inputs.map(({ name }) => name ?? ''));
  const parameters = event.inputs.map((input, index): Parameter => {
    const path = `${event.name}.inputs[${index}]`;
    return { name: names[index] ?? '', type: abiTypeOf(input, path), path, indexed: input.indexed === true };
  });
  const { fields, headDigits } = fieldsOf(parameters, topic0 === undefined ? 0 : 1, reading);
  const topicCount = fields.filter(({ topic }) => topic !== undefined).length + (topic0 === undefined ? 0 : 1);
  return (log) => {
    const parts = partsOf(log);
    const topics = checkTopics(parts.topics, topicCount);
    if (topic0 !== undefined && topics[0] !== topic0) checkTopic0(topics[0], topic0);
    const data = openHex(parts.data, 'data');
    take(data, prefixLength, headDigits, wholeData);
    const args: Record<string, unknown> = { ...template };
    for (const { name, read, topic, path, start } of fields) {
      const isTopic = topic !== undefined;
      args[name] = read(isTopic ? openTopic(topics[topic], path) : data, prefixLength + start, prefixLength);
    }
    if (reading.strict) checkEnd(data);
    return args;
  };
}

const wholeData = ['data'] as const;

function fieldsOf(
  parameters: readonly Parameter[],
  firstTopic: number,
  reading: Reading,
): { readonly fields: readonly Field[]; readonly headDigits: number } {
  const { starts, size } = headPlaces(parameters.filter(({ indexed }) => !indexed).map(({ type }) => type));
  let [topic, inData] = [firstTopic, 0];
  const fields = parameters.map(({ name, type, path, indexed }): Field => {
    const place = [name];
    if (!indexed) {
      const read = readerOf(type, place, { reading, path, depth: 0 });
      return { name, read, topic: undefined, path: 'data', start: starts[inData++] ?? 0 };
    }
    // Of what does not fit into a topic there is only the hash.
    const read = isHashed(type)
      ? fixedBytesReader(slotDigits / 2, place, reading)
      : readerOf(type, place, { reading, path, depth: 0 });
    return { name, read, topic, path: `topics[${topic++}]`, start: 0 };
  });
  return { fields, headDigits: size };
}

/** `bytes` and `string`, and arrays and tuples of any size. */
function isHashed(type: AbiType): boolean {
  return type.kind === 'array' || type.kind === 'tuple' || isDynamic(type);
}

/** The two members of a log, whatever they are. */
function partsOf(log: unknown): { readonly topics: unknown; readonly data: unknown } {
  if (typeof log !== 'object' || log === null) throw failure('log', 'is no object');
  return { topics: 'topics' in log ? log.topics : undefined, data: 'data' in log ? log.data : undefined };
}

function checkTopics(topics: unknown, count: number): readonly unknown[] {
  if (!Array.isArray(topics)) throw failure('topics', 'are no array');
  if (topics.length !== count) throw failure('topics', `are ${topics.length}, and the event has ${count}`);
  return topics;
}

function checkTopic0(topic: unknown, topic0: string): void {
  if (openTopic(topic, 'topics[0]').hex !== topic0) throw failure('topics[0]', 'is the hash of another event');
}

function openTopic(topic: unknown, path: string): LogData {
  const data = openHex(topic, path);
  if (data.hex.length !== prefixLength + slotDigits) throw failure(path, 'is not 32 bytes long');
  return data;
}

/** What no parameter has asked for is no part of the encoding. */
function checkEnd({ hex, read }: LogData): void {
  const rest = (hex.length - prefixLength - read) / 2;
  if (rest > 0) throw failure('data', `has ${rest} bytes that belong to no value`);
}
