import { fault, type Place, type Reader, slotDigits } from './decoder-data.js';

/** How values are read. */
export interface Reading {
  readonly strict: boolean;
  readonly integers: 'bigint' | 'text';
  /** Writes an address; `undefined` leaves the small letters. */
  readonly checksum: ((address: string) => string) | undefined;
}

const addressDigits = 40;
const functionSize = 24;

/** A reader of numbers: `uint` has zeros before it, `int` its sign. */
export function integerReader(
  { kind, bits }: { kind: 'uint' | 'int'; bits: number },
  place: Place,
  reading: Reading,
): Reader {
  const padding = slotDigits - bits / 4;
  const [zeros, ones] = ['0'.repeat(padding), 'f'.repeat(padding)];
  const isSigned = kind === 'int';
  const write = reading.integers === 'text' ? String : undefined;
  return (data, at) => {
    const { hex } = data;
    // '8' and up: the highest bit is set. Letters come behind digits.
    const isNegative = isSigned && hex.charCodeAt(at + padding) >= 0x38;
    if (reading.strict && !hex.startsWith(isNegative ? ones : zeros, at)) {
      throw fault(data, place, `does not fit into ${kind}${bits}`);
    }
    const digits = BigInt(`0x${hex.slice(at + padding, at + slotDigits)}`);
    const value = isNegative ? BigInt.asIntN(bits, digits) : digits;
    return write === undefined ? value : write(value);
  };
}

/** A reader of addresses, zeros before them. */
export function addressReader(place: Place, { strict, checksum }: Reading): Reader {
  const padding = slotDigits - addressDigits;
  const zeros = '0'.repeat(padding);
  return (data, at) => {
    const { hex } = data;
    if (strict && !hex.startsWith(zeros, at)) throw fault(data, place, 'is longer than an address');
    const address = `0x${hex.slice(at + padding, at + slotDigits)}`;
    return checksum === undefined ? address : checksum(address);
  };
}

/** A reader of truth: 0 and 1. Where dirt is allowed, whatever is not 0 is true, as for a contract. */
export function boolReader(place: Place, { strict }: Reading): Reader {
  const no = '0'.repeat(slotDigits);
  const yes = `${'0'.repeat(slotDigits - 1)}1`;
  return (data, at) => {
    if (data.hex.startsWith(no, at)) return false;
    if (strict && !data.hex.startsWith(yes, at)) throw fault(data, place, 'is neither 0 nor 1');
    return true;
  };
}

/** A reader of 1 to 32 bytes, zeros behind them. */
export function fixedBytesReader(size: number, place: Place, { strict }: Reading): Reader {
  const digits = 2 * size;
  const zeros = '0'.repeat(slotDigits - digits);
  return (data, at) => {
    const { hex } = data;
    if (strict && !hex.startsWith(zeros, at + digits)) throw fault(data, place, `is longer than ${size} bytes`);
    return `0x${hex.slice(at, at + digits)}`;
  };
}

/** A reader of an external function: address and selector. */
export function functionReader(place: Place, reading: Reading): Reader {
  return fixedBytesReader(functionSize, place, reading);
}
