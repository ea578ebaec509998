import { keccak_256 } from '@noble/hashes/sha3.js';

/** Addresses that a memo keeps: about 3 MB. Most logs of a contract name few. */
const memoLimit = 10_000;

/**
 * The address in the capitals and small letters of EIP-55, which are its check sum. Whatever letters it comes in: those are not checked.
 *
 * One hash, some ten microseconds: a decoder with `checksum: true` remembers.
 *
 * Errors: `TypeError` for what is no address.
 *
 * @example
 * import { checksumAddress } from 'tailrace/sources/chain';
 *
 * checksumAddress('0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359'); // 0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359
 */
export function checksumAddress(address: string): string {
  if (typeof address !== 'string' || !/^0x[0-9a-f]{40}$/i.test(address)) {
    throw new TypeError('checksumAddress: an address is 0x and 40 hexadecimal digits');
  }
  const digits = address.slice(2).toLowerCase();
  const hash = keccak_256(new TextEncoder().encode(digits));
  let text = '0x';
  for (let index = 0; index < digits.length; index += 1) {
    const byte = hash[index >> 1] ?? 0;
    const isCapital = (index % 2 === 0 ? byte >> 4 : byte & 15) >= 8;
    const digit = digits.charAt(index);
    text += isCapital ? digit.toUpperCase() : digit;
  }
  return text;
}

/** The same with a memory for the addresses of late: between `limit` and half of it. */
export function checksumMemo(limit: number = memoLimit): (address: string) => string {
  let recent = new Map<string, string>();
  let older = new Map<string, string>();
  return (address) => {
    const known = recent.get(address);
    if (known !== undefined) return known;
    const text = older.get(address) ?? checksumAddress(address);
    if (recent.size >= limit / 2) {
      older = recent;
      recent = new Map();
    }
    // A copy: what was cut out of a log would keep all of that log in memory.
    recent.set(text.toLowerCase(), text);
    return text;
  };
}
