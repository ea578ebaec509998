import type { AbiInput } from './abi.js';
import { AbiParsingError } from './errors.js';

/** A Solidity type as a tree: what a decoder is made from. `uint` is 256 bits here, and a `fixed` has both its numbers. */
export type AbiType =
  | { readonly kind: 'uint' | 'int'; readonly bits: number }
  | { readonly kind: 'ufixed' | 'fixed'; readonly bits: number; readonly decimals: number }
  | { readonly kind: 'address' | 'bool' | 'string' | 'function' }
  /** `size` is `undefined` for `bytes` of any length. */
  | { readonly kind: 'bytes'; readonly size: number | undefined }
  /** `length` is `undefined` for an array of any length. */
  | { readonly kind: 'array'; readonly of: AbiType; readonly length: number | undefined }
  | { readonly kind: 'tuple'; readonly components: readonly AbiComponent[] };

/** One component of a tuple. */
export interface AbiComponent {
  /** Empty for a component without a name. */
  readonly name: string;
  readonly type: AbiType;
}

/** Arrays and tuples in each other. Solidity's own limits end long before; what is deeper is no ABI, or an attack on the stack. */
export const deepestType = 32;

/** Types within one parameter, itself included: structs that name each other twice grow as 2^n. */
export const mostTypes = 4_096;

/** Neither length nor bytes of an array of fixed length can be more: it would fit into no log. Below it all sums are exact. */
const longestArray = 0xffff_ffff;

/** One slot of the head of encoded data. */
const slot = 32;

/** What is known on the way down. */
interface Descent {
  readonly levels: number;
  /** Shared by the whole parameter. */
  readonly count: { types: number };
}

/**
 * The type of a parameter as a tree, `path` being where the parameter stands. Arrays and tuples may be nested 32 deep in all, and hold
 * 4,096 types in all.
 *
 * The shape of the parameter is taken for granted: what comes from outside goes through `readInputs` first.
 *
 * Errors: {@link AbiParsingError} for an unknown base type, a width or array length that cannot be, brackets that do not match, a tuple
 * without components, components of what is no tuple, and a passed limit.
 */
export function abiTypeOf(input: AbiInput, path: string): AbiType {
  return typeOf(input, path, { levels: 0, count: { types: 0 } });
}

function typeOf(input: AbiInput, path: string, { levels, count }: Descent): AbiType {
  const { type } = input;
  const [, base, dimensions] = /^([^[\]]*)((?:\[[^[\]]*\])*)$/.exec(type) ?? [];
  if (base === undefined || dimensions === undefined) throw invalid(type, 'has unbalanced brackets', path);
  const lengths = dimensions.slice(1, -1).split('][');
  const depth = levels + (dimensions === '' ? 0 : lengths.length) + (base === 'tuple' ? 1 : 0);
  if (depth > deepestType) throw invalid(type, `is nested more than ${deepestType} levels deep`, path);
  if (++count.types > mostTypes) throw invalid(type, `is one of more than ${mostTypes} types of one parameter`, path);
  const inner = base === 'tuple' ? tupleOf(input, path, { levels: depth, count }) : elementary(base, type, path);
  if (base !== 'tuple' && (input.components ?? undefined) !== undefined) {
    throw new AbiParsingError(`${path}.components: only a tuple has components, and this is ${shown(type)}`, {
      path: `${path}.components`,
    });
  }
  if (dimensions === '') return inner;
  return lengths.reduce<AbiType>((of, length) => arrayOf(of, length, { type, path }), inner);
}

function tupleOf({ type, components }: AbiInput, path: string, descent: Descent): AbiType {
  // Without components the data has no size: an array of such could claim any length.
  if (components === undefined || components === null || components.length === 0) {
    throw invalid(type, 'needs components, at least one', path);
  }
  return {
    kind: 'tuple',
    components: components.map((component, index) => ({
      name: component.name ?? '',
      type: typeOf(component, `${path}.components[${index}]`, descent),
    })),
  };
}

function arrayOf(of: AbiType, text: string, { type, path }: Place): AbiType {
  if (text === '') return { kind: 'array', of, length: undefined };
  if (!/^[1-9]\d*$/.test(text)) throw invalid(type, 'has an array length that is no whole number from 1 up', path);
  const length = Number(text);
  if (length * headSize(of) > longestArray) throw invalid(type, 'has an array too long for any log', path);
  return { kind: 'array', of, length };
}

/** Numbers are written as Solidity writes them: `uint08` and `bytes032` would have another hash than the contract's. */
const numbered = /^(uint|int|bytes|ufixed|fixed)(?:([1-9]\d{0,2})(?:x([1-9]\d?))?)?$/;

const words = ['address', 'bool', 'string', 'function'] as const;

function elementary(base: string, type: string, path: string): AbiType {
  const word = words.find((name) => name === base);
  if (word !== undefined) return { kind: word };
  const [, kind, first, second] = numbered.exec(base) ?? [];
  const numbers = [first, second].filter((text) => text !== undefined).map(Number);
  if (kind === 'fixed' || kind === 'ufixed') return fixedPoint(kind, numbers, { type, path });
  if (kind === undefined || second !== undefined) throw invalid(type, 'is no Solidity type', path);
  const [number] = numbers;
  if (kind === 'bytes') {
    if (number !== undefined && number > 32) throw invalid(type, 'needs a size from 1 to 32', path);
    return { kind, size: number };
  }
  if (!isWidth(number ?? 256)) throw invalid(type, 'needs 8 to 256 bits, in steps of 8', path);
  return { kind: kind === 'uint' ? 'uint' : 'int', bits: number ?? 256 };
}

interface Place {
  readonly type: string;
  readonly path: string;
}

function fixedPoint(kind: 'fixed' | 'ufixed', numbers: readonly number[], { type, path }: Place): AbiType {
  const [bits = 128, decimals = 18] = numbers;
  if (numbers.length === 1) throw invalid(type, 'needs both bits and decimals, or neither', path);
  if (!isWidth(bits) || decimals > 80) throw invalid(type, 'needs 8 to 256 bits by 8, and 1 to 80 decimals', path);
  return { kind, bits, decimals };
}

function isWidth(bits: number): boolean {
  return bits % 8 === 0 && bits <= 256;
}

function invalid(type: string, reason: string, path: string): AbiParsingError {
  return new AbiParsingError(`Invalid Solidity type ${shown(type)} at ${path}.type: it ${reason}`, {
    path: `${path}.type`,
  });
}

/** An ABI may come from anywhere: its texts must not flood a log. */
function shown(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 59)}…`);
}

/** The type as signatures have it, and so as the contract has hashed it: `uint256` for `uint`, `(address,uint256[])` for a tuple. */
export function canonicalType(type: AbiType): string {
  switch (type.kind) {
    case 'uint':
    case 'int':
      return `${type.kind}${type.bits}`;
    case 'ufixed':
    case 'fixed':
      return `${type.kind}${type.bits}x${type.decimals}`;
    case 'bytes':
      return `bytes${type.size ?? ''}`;
    case 'array':
      return `${canonicalType(type.of)}[${type.length ?? ''}]`;
    case 'tuple':
      return `(${type.components.map((component) => canonicalType(component.type)).join(',')})`;
    case 'address':
    case 'bool':
    case 'string':
    case 'function':
      return type.kind;
  }
}

/** Whether its value lies in the tail, with only an offset in the head. */
export function isDynamic(type: AbiType): boolean {
  switch (type.kind) {
    case 'string':
      return true;
    case 'bytes':
      return type.size === undefined;
    case 'array':
      return type.length === undefined || isDynamic(type.of);
    case 'tuple':
      return type.components.some((component) => isDynamic(component.type));
    case 'uint':
    case 'int':
    case 'ufixed':
    case 'fixed':
    case 'address':
    case 'bool':
    case 'function':
      return false;
  }
}

/** How many bytes of the head it takes: 32, or as many as it has in all where it is a tuple or array of fixed size. */
export function headSize(type: AbiType): number {
  if (isDynamic(type)) return slot;
  if (type.kind === 'array') return (type.length ?? 0) * headSize(type.of);
  if (type.kind === 'tuple') return type.components.reduce((sum, component) => sum + headSize(component.type), 0);
  return slot;
}
