import { checkOptions, oneOf, type OptionRules } from '../../lib/check-options.js';
import type { AbiEvent, AbiInput, AbiSource } from './abi.js';
import { eventsOf, openAbi } from './abi-entries.js';
import { entryName } from './abi-event.js';
import { abiError, readInputs } from './abi-inputs.js';
import { type AbiEventsOptions, keyedEvents } from './extract-abi.js';
import type { AbiEntry } from './human-readable-abi.js';

/** A function of a contract. */
export interface AbiFunction {
  readonly type: 'function';
  readonly name: string;
  readonly inputs: readonly AbiInput[];
  readonly outputs: readonly AbiInput[];
  /** `pure`, `view`, `nonpayable` or `payable`, as the ABI has it. @default 'nonpayable' */
  readonly stateMutability: string;
}

/** What a contract is made with. */
export interface AbiConstructor {
  readonly type: 'constructor';
  readonly inputs: readonly AbiInput[];
  /** As for functions. */
  readonly stateMutability: string;
}

/** What a contract does with a call that names no function, or none that it has. */
export interface AbiFallback {
  readonly type: 'fallback' | 'receive';
  /** As for functions. */
  readonly stateMutability: string;
}

/** An error that a contract ends with. */
export interface AbiErrorDefinition {
  readonly type: 'error';
  readonly name: string;
  readonly inputs: readonly AbiInput[];
}

/** An ABI, sorted. */
export interface ContractAbi {
  /** By name, or by signature. */
  readonly events: Readonly<Record<string, AbiEvent>>;
  /** All overloads by their name. */
  readonly functions: Readonly<Record<string, readonly AbiFunction[]>>;
  readonly constructor: AbiConstructor | undefined;
  readonly fallback: AbiFallback | undefined;
  readonly receive: AbiFallback | undefined;
  readonly errors: readonly AbiErrorDefinition[];
  /** The elements of the ABI as they were given. */
  readonly raw: readonly unknown[];
}

const rules: OptionRules<AbiEventsOptions> = { keys: oneOf('name', 'signature') };

/**
 * A whole ABI, sorted by what its elements are. Elements of other types are in `raw` only. Events are checked through and through;
 * of functions, errors and the constructor only the shape is, because libraries have types there that only their own code knows.
 *
 * Errors: a `TypeError` for an option that cannot be; {@link AbiParsingError} for an ABI that cannot be, with the place, for two events
 * with the same key, and for a second constructor, fallback or receive.
 *
 * @example
 * import { parseContractAbi } from 'tailrace/sources/chain';
 *
 * const { events, functions } = parseContractAbi(['event Paid(address by)', 'function pay(uint256 amount) payable']);
 * console.log(Object.keys(events), functions['pay']?.length); // [ 'Paid' ] 1
 */
export function parseContractAbi(abi: AbiSource, options: AbiEventsOptions = {}): ContractAbi {
  checkOptions('parseContractAbi', rules, options);
  const open = openAbi(abi);
  const { entries, raw } = open;
  const functions = new Map<string, AbiFunction[]>();
  for (const entry of ofType(entries, 'function')) {
    const definition = functionOf(entry);
    functions.set(definition.name, [...(functions.get(definition.name) ?? []), definition]);
  }
  const construction = only(entries, 'constructor');
  return {
    events: keyedEvents(eventsOf(open), options),
    functions: Object.fromEntries(functions),
    constructor: construction && { type: 'constructor', inputs: inputsOf(construction), ...mutabilityOf(construction) },
    fallback: fallbackOf(entries, 'fallback'),
    receive: fallbackOf(entries, 'receive'),
    errors: ofType(entries, 'error').map((entry) => ({
      type: 'error',
      name: entryName('error', entry.entry['name'], entry.path),
      inputs: inputsOf(entry),
    })),
    raw,
  };
}

function functionOf(entry: AbiEntry): AbiFunction {
  const name = entryName('function', entry.entry['name'], entry.path);
  const outputs = readInputs(entry.entry['outputs'], `${entry.path}.outputs`, { indexed: false });
  return { type: 'function', name, inputs: inputsOf(entry), outputs, ...mutabilityOf(entry) };
}

function inputsOf({ entry, path }: AbiEntry): readonly AbiInput[] {
  return readInputs(entry['inputs'], `${path}.inputs`, { indexed: false });
}

/** Before Solidity 0.5 there were two flags. */
function mutabilityOf({ entry, path }: AbiEntry): { readonly stateMutability: string } {
  const { stateMutability, constant, payable } = entry;
  if (typeof stateMutability === 'string') return { stateMutability };
  if (stateMutability !== undefined && stateMutability !== null) {
    throw abiError(`${path}.stateMutability`, "'stateMutability' must be a string");
  }
  if (constant === true) return { stateMutability: 'view' };
  return { stateMutability: payable === true ? 'payable' : 'nonpayable' };
}

function fallbackOf(entries: readonly AbiEntry[], type: 'fallback' | 'receive'): AbiFallback | undefined {
  const entry = only(entries, type);
  return entry && { type, ...mutabilityOf(entry) };
}

function only(entries: readonly AbiEntry[], type: string): AbiEntry | undefined {
  const [first, second] = ofType(entries, type);
  if (second !== undefined) throw abiError(second.path, `a second ${type}`);
  return first;
}

function ofType(entries: readonly AbiEntry[], type: string): readonly AbiEntry[] {
  return entries.filter(({ entry }) => entry['type'] === type);
}
