import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AbiEvent } from './abi.js';
import { abiTypeOf, canonicalType } from './abi-type.js';
import { AbiParsingError } from './errors.js';

/**
 * The signature of an event as its contract has hashed it: `Transfer(address,address,uint256)`. Short types are written out (`uint` is
 * `uint256`), tuples are their components, names and `indexed` are left out.
 *
 * Errors: {@link AbiParsingError} for a type that cannot be, its path beginning with the event's name.
 *
 * @example
 * import { eventSignature, extractAbiEvent } from 'tailrace/sources/chain';
 *
 * const event = extractAbiEvent(['event Paid(address indexed by, (uint amount, bool late)[] parts)'], 'Paid');
 * console.log(eventSignature(event)); // Paid(address,(uint256,bool)[])
 */
export function eventSignature(event: AbiEvent): string {
  const { name, inputs } = event;
  const types = inputs.map((input, index) => canonicalType(abiTypeOf(input, `${name}.inputs[${index}]`)));
  return `${name}(${types.join(',')})`;
}

/**
 * The first topic of the logs of an event: the Keccak-256 hash of its signature, as `0x` and 64 small hex digits
 * (https://docs.soliditylang.org/en/latest/abi-spec.html#events). Logs of an anonymous event do not carry it.
 *
 * Errors: as {@link eventSignature}.
 *
 * @example
 * import { eventTopic, extractAbiEvent } from 'tailrace/sources/chain';
 *
 * const transfer = extractAbiEvent(['event Transfer(address indexed from, address indexed to, uint256 value)'], 'Transfer');
 * console.log(eventTopic(transfer)); // 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef
 */
export function eventTopic(event: AbiEvent): string {
  return `0x${bytesToHex(keccak_256(utf8ToBytes(eventSignature(event))))}`;
}

/**
 * Refuses a `topic0` that is not the event's own: a subscription with such a pair never sees a log, and says nothing about it. Capitals
 * in it do not matter. Of an anonymous event, whose first topic is whatever it has indexed first, only the form is checked.
 *
 * Errors: {@link AbiParsingError} with the path `topic0`.
 */
export function checkTopic(event: AbiEvent, topic0: string): void {
  if (!/^0x[0-9a-fA-F]{64}$/.test(topic0)) throw mismatch(`topic0 must be 0x and 64 hex digits`);
  if (event.anonymous || topic0.toLowerCase() === eventTopic(event)) return;
  throw mismatch(`topic0 is not the hash of ${eventSignature(event)}, which is ${eventTopic(event)}`);
}

function mismatch(message: string): AbiParsingError {
  return new AbiParsingError(message, { path: 'topic0' });
}
