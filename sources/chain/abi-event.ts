import type { AbiEvent, AbiInput } from './abi.js';
import { abiError, isAbiRecord, readInputs } from './abi-inputs.js';
import { abiTypeOf } from './abi-type.js';
import { AbiParsingError } from './errors.js';

/** Four topics are all that a log has, and the first is the event's, unless it is anonymous. */
const mostIndexed = 3;

/** Names as Solidity and Vyper have them: what else a name holds would change the signature. */
const identifier = /^[A-Za-z_$][\w$]{0,255}$/;

/**
 * The event in outside data, checked through and through, as a new object: `inputs` and `anonymous` are always there, types are written
 * out (`uint256` for `uint`), unknown members are left out. Parameters may have no name, or the same: the decoder gives those their position for a name.
 *
 * Errors: {@link AbiParsingError} with the place, which begins with `path`.
 */
export function readAbiEvent(value: unknown, path: string): AbiEvent {
  if (!isAbiRecord(value)) throw abiError(path, 'an event must be an object');
  const { type, name, inputs, anonymous } = value;
  if (type !== 'event') throw abiError(`${path}.type`, "the 'type' of an event must be 'event'");
  const isAnonymous = anonymous === true;
  if (anonymous !== undefined && anonymous !== null && typeof anonymous !== 'boolean') {
    throw abiError(`${path}.anonymous`, "'anonymous' must be a boolean");
  }
  const event = { type, name: entryName('event', name, path), inputs: [], anonymous: isAnonymous } as const;
  const parameters = readInputs(inputs, `${path}.inputs`, { indexed: true });
  parameters.forEach((input, index) => checkType(input, `${path}.inputs[${index}]`, event.name));
  const limit = mostIndexed + (isAnonymous ? 1 : 0);
  if (parameters.filter((input) => input.indexed).length > limit) {
    throw abiError(`${path}.inputs`, `event ${event.name} has more than ${limit} indexed parameters`);
  }
  return { ...event, inputs: parameters };
}

/** The name of an event, a function or an error. */
export function entryName(kind: 'event' | 'function' | 'error', name: unknown, path: string): string {
  if (name === undefined || name === null) throw abiError(path, `${kind} missing 'name' field`);
  if (typeof name !== 'string') throw abiError(`${path}.name`, `${kind} 'name' must be a string`);
  if (!identifier.test(name)) throw abiError(`${path}.name`, `${kind} 'name' is no identifier`);
  return name;
}

function checkType(input: AbiInput, path: string, name: string): void {
  try {
    abiTypeOf(input, path);
  } catch (error) {
    if (!(error instanceof AbiParsingError)) throw error;
    throw new AbiParsingError(`Failed to convert event ${name}: ${error.message}`, { path: error.path });
  }
}
