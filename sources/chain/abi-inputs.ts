import type { AbiInput } from './abi.js';
import { deepestType, mostTypes } from './abi-type.js';
import { AbiParsingError } from './errors.js';

/** An object of outside data. */
export type AbiRecord = Readonly<Record<string, unknown>>;

/** Whether it can have members: no array, no `null`. */
export function isAbiRecord(value: unknown): value is AbiRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error with its place in the message too. */
export function abiError(path: string, problem: string): AbiParsingError {
  return new AbiParsingError(`${path}: ${problem}`, { path });
}

/** What a list of parameters may say beside names and types. */
export interface InputRules {
  /** Only parameters of events are indexed. */
  readonly indexed: boolean;
}

/**
 * The parameters of outside data, in new objects with nothing but the members of {@link AbiInput}. `indexed` is always there for
 * parameters of events, and nowhere else; short types are written out (`uint256` for `uint`), since there are programs that hash them
 * as they stand. `null` is as good as nothing: that is how the Event Streamer writes what is left out.
 *
 * Errors: {@link AbiParsingError} with the place, for everything that has not the shape of a parameter. Types themselves are not looked at.
 */
export function readInputs(value: unknown, path: string, { indexed }: InputRules): readonly AbiInput[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw abiError(path, 'inputs must be an array');
  return value.map((input: unknown, index) => {
    const place = { path: `${path}[${index}]`, label: `input ${index}`, levels: 0, count: { types: 0 } };
    return readInput(input, place, indexed);
  });
}

interface Place {
  readonly path: string;
  /** What messages call it. */
  readonly label: string;
  readonly levels: number;
  readonly count: { types: number };
}

function readInput(value: unknown, place: Place, canBeIndexed: boolean): AbiInput {
  const { path, label } = place;
  // The same object may stand in many places of a value, which then is far larger than it looks.
  if (++place.count.types > mostTypes) throw abiError(path, `more than ${mostTypes} types in one parameter`);
  if (!isAbiRecord(value)) throw abiError(path, `${label} must be an object`);
  const { name, type, indexed, components, internalType } = value;
  if (type === undefined || type === null) throw abiError(path, `${label} missing 'type' field`);
  if (typeof type !== 'string') throw abiError(`${path}.type`, `${label} 'type' must be a string`);
  checkOptional({ name }, 'string', place);
  checkOptional({ indexed }, 'boolean', place);
  if (indexed === true && !canBeIndexed) throw abiError(`${path}.indexed`, `${label} cannot be indexed`);
  return {
    ...(typeof name === 'string' ? { name } : {}),
    type: writtenOut(type),
    ...(canBeIndexed ? { indexed: indexed === true } : {}),
    ...(isMissing(components) ? {} : { components: readComponents(components, place) }),
    ...(typeof internalType === 'string' ? { internalType } : {}),
  };
}

function checkOptional(member: AbiRecord, kind: 'string' | 'boolean', { path, label }: Place): void {
  for (const [key, value] of Object.entries(member)) {
    if (isMissing(value) || typeof value === kind) continue;
    throw abiError(`${path}.${key}`, `${label} '${key}' must be a ${kind}`);
  }
}

function readComponents(value: unknown, { path, levels, count }: Place): readonly AbiInput[] {
  const list = `${path}.components`;
  if (!Array.isArray(value)) throw abiError(list, 'components must be an array');
  if (levels >= deepestType) throw abiError(list, `components nested more than ${deepestType} levels deep`);
  return value.map((component: unknown, index) => {
    const place = { path: `${list}[${index}]`, label: `component ${index}`, levels: levels + 1, count };
    return readInput(component, place, false);
  });
}

function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Solidity's short names, as the ABI's specification writes them out in signatures. */
function writtenOut(type: string): string {
  return type.replace(/^(?:u?int|u?fixed)(?=\[|$)/, (base) => base + (base.endsWith('int') ? '256' : '128x18'));
}
