import { AbiCoder, EventFragment } from 'ethers';
import fc from 'fast-check';
import type { AbiEvent, AbiInput } from '../../../sources/chain/abi.js';
import type { EventLog } from '../../../sources/chain/decode-event.js';
import { hex } from './log-words.js';
import { dataTypes } from './other-decoders.js';

/** A type with values of it: `encode` as ethers takes it, `expect` as a decoder of this toolkit must give it. */
interface Sample {
  readonly encode: unknown;
  readonly expect: unknown;
}

interface TypeWithValues {
  readonly type: string;
  readonly components?: readonly AbiInput[];
  readonly values: fc.Arbitrary<Sample>;
}

/** An event, a log of it, and what is in the log. */
export interface RandomLog {
  readonly event: AbiEvent;
  readonly log: EventLog;
  readonly args: Readonly<Record<string, unknown>>;
}

const same = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Sample> =>
  values.map((value) => ({ encode: value, expect: value }));
const bytesOf = (min: number, max: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: min, maxLength: max }).map(hex);
const sizes = fc.integer({ min: 1, max: 32 });

function integers(isSigned: boolean): fc.Arbitrary<TypeWithValues> {
  return sizes.map((size) => {
    const bits = BigInt(8 * size);
    const [min, max] = isSigned ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
    const edges = fc.constantFrom(min, max, min + 1n, 0n, 1n);
    const values = same(fc.oneof(edges, fc.bigInt({ min, max })));
    return { type: `${isSigned ? '' : 'u'}int${bits === 256n && isSigned ? '' : bits}`, values };
  });
}

const leaves: fc.Arbitrary<TypeWithValues> = fc.oneof(
  integers(false),
  integers(true),
  sizes.map((size) => ({ type: `bytes${size}`, values: same(bytesOf(size, size)) })),
  fc.constantFrom<TypeWithValues>(
    { type: 'address', values: same(bytesOf(20, 20)) },
    { type: 'bool', values: same(fc.boolean()) },
    { type: 'bytes', values: same(bytesOf(0, 70)) },
    { type: 'string', values: same(fc.string({ unit: 'grapheme', maxLength: 40 })) },
  ),
);

function arrays(of: fc.Arbitrary<TypeWithValues>): fc.Arbitrary<TypeWithValues> {
  const lengths = fc.option(fc.integer({ min: 1, max: 3 }));
  return fc.tuple(of, lengths).map(([one, length]) => {
    const limits = length === null ? { maxLength: 4 } : { minLength: length, maxLength: length };
    const values = fc.array(one.values, limits).map((samples) => ({
      encode: samples.map(({ encode }) => encode),
      expect: samples.map(({ expect }) => expect),
    }));
    return { ...one, type: `${one.type}[${length ?? ''}]`, values };
  });
}

/** With a name for each component, or without one for the last. */
function tuples(of: fc.Arbitrary<TypeWithValues>): fc.Arbitrary<TypeWithValues> {
  return fc.tuple(fc.array(of, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([types, isNamed]) => {
    const components = types.map(({ values: _, ...type }, index) => ({
      ...type,
      name: isNamed || index + 1 < types.length ? `c${index}` : '',
    }));
    const values = fc.tuple(...types.map(({ values: one }) => one)).map((samples) => ({
      encode: samples.map(({ encode }) => encode),
      expect: isNamed
        ? Object.fromEntries(samples.map(({ expect }, index) => [`c${index}`, expect]))
        : samples.map(({ expect }) => expect),
    }));
    return { type: 'tuple', components, values };
  });
}

function typesOf(depth: number): fc.Arbitrary<TypeWithValues> {
  if (depth === 0) return leaves;
  const inner = typesOf(depth - 1);
  return fc.oneof({ weight: 2, arbitrary: leaves }, arrays(inner), tuples(inner));
}

const isHashed = (type: string): boolean => /\]$|^(tuple|string|bytes)$/.test(type);

/** Logs of random events: up to five parameters, arrays and tuples four deep, some of them indexed, some anonymous. */
export const randomLogs: fc.Arbitrary<RandomLog> = fc
  .tuple(
    fc.array(fc.tuple(typesOf(3), fc.integer({ min: 0, max: 3 })), { maxLength: 5 }),
    fc.integer({ min: 0, max: 9 }),
  )
  .chain(([types, kind]) => {
    const anonymous = kind === 0;
    const indexed = new Set(types.flatMap(([, chance], index) => (chance === 0 ? [index] : [])).slice(0, 3));
    const inputs = types.map(([{ values: _, ...type }], index) => ({
      ...type,
      name: `p${index}`,
      indexed: indexed.has(index),
    }));
    const event = { type: 'event' as const, name: 'Random', inputs, anonymous };
    const samples = fc.tuple(
      ...types.map(([{ type, values }], index) =>
        indexed.has(index) && isHashed(type) ? same(bytesOf(32, 32)) : values,
      ),
    );
    return samples.map((values) => logOf(event, values));
  });

function logOf(event: AbiEvent, values: readonly Sample[]): RandomLog {
  const coder = AbiCoder.defaultAbiCoder();
  const each = event.inputs.map((input, index) => ({ input, value: values[index]?.encode }));
  const inTopics = each.filter(({ input }) => input.indexed);
  const inData = each.filter(({ input }) => !input.indexed);
  const topics = inTopics.map(({ input, value }) =>
    coder.encode([isHashed(input.type) ? 'bytes32' : input.type], [value]),
  );
  const data = coder.encode(
    dataTypes(event),
    inData.map(({ value }) => value),
  );
  const hash = EventFragment.from(event).topicHash;
  return {
    event,
    log: { topics: event.anonymous ? topics : [hash, ...topics], data },
    args: Object.fromEntries(values.map(({ expect }, index) => [`p${index}`, expect])),
  };
}
