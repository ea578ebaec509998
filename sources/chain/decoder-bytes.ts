import { utf8Decoder } from '../../lib/utf8.js';
import { fault, type LogData, numberAt, type Place, type Reader, slotDigits, tailAt, take } from './decoder-data.js';
import type { Reading } from './decoder-words.js';

/** A reader of `bytes`: the length, then the bytes, then zeros up to a whole slot. Where dirt is allowed, the zeros are not looked at and may be missing. */
export function bytesReader(place: Place, { strict }: Reading): Reader {
  return (data, at, base) => {
    const start = contentAt(data, tailAt(data, at, base), { place, strict });
    return `0x${data.hex.slice(start, start + 2 * numberAt(data, start - slotDigits))}`;
  };
}

/** A reader of `string`, which is `bytes` that must be UTF-8. */
export function textReader(place: Place, { strict }: Reading): Reader {
  const decoder = utf8Decoder(true);
  return (data, at, base) => {
    const start = contentAt(data, tailAt(data, at, base), { place, strict });
    const bytes = bytesAt(data, start, numberAt(data, start - slotDigits));
    try {
      return decoder.line(bytes);
    } catch {
      throw fault(data, place, 'is not UTF-8');
    }
  };
}

/** Claims length and content; returns where the content begins. */
function contentAt(data: LogData, tail: number, { place, strict }: { place: Place; strict: boolean }): number {
  take(data, tail, slotDigits, place);
  const start = tail + slotDigits;
  const digits = 2 * numberAt(data, tail);
  const padding = strict ? (slotDigits - (digits % slotDigits)) % slotDigits : 0;
  take(data, start, digits + padding, place);
  if (padding > 0 && !data.hex.startsWith('0'.repeat(padding), start + digits)) {
    throw fault(data, place, 'has something else than zeros behind its last byte');
  }
  return start;
}

function bytesAt({ hex }: LogData, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0, at = start; index < length; index += 1, at += 2) {
    bytes[index] = 16 * nibble(hex.charCodeAt(at)) + nibble(hex.charCodeAt(at + 1));
  }
  return bytes;
}

/** The value of `0` to `9` and `a` to `f`; all digits are known to be such. */
function nibble(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
