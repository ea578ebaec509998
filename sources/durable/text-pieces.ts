import { utf8Decoder } from '../../lib/utf8.js';

/** One decoder over all responses of a stream: a character that is cut between two of them comes whole. */
export interface TextPieces {
  /** Bytes of a character that is not whole yet; at most 3. */
  readonly pending: number;
  /** The text that is complete with these bytes. Byte order marks are kept: the stream is the server's, to the byte. */
  add(bytes: Uint8Array): string;
  /** What is pending as U+FFFD: nothing will follow. Empty where nothing is. */
  flush(): string;
}

const none = new Uint8Array(0);

/**
 * A decoder that shows how much it holds, which the platform's own does not: the position behind a text is the one before its unfinished
 * character. Bytes that are no UTF-8 become U+FFFD, as many as any other cutting gives.
 */
export function textPieces(): TextPieces {
  const decoder = utf8Decoder(false);
  let held = none;
  return {
    get pending() {
      return held.length;
    },
    add: (bytes) => {
      const all = held.length === 0 ? bytes : joined([held, bytes]);
      const open = openEnd(all);
      // Copied: the caller's buffer may be 64 KiB, or be used again.
      held = open === 0 ? none : all.slice(all.length - open);
      return decoder.line(open === 0 ? all : all.subarray(0, all.length - open));
    },
    flush: () => {
      const rest = held;
      held = none;
      return decoder.line(rest);
    },
  };
}

/** One array of all pieces. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** How many bytes at the end begin a character that more bytes may complete. A lead byte starts anew in every state (WHATWG Encoding, 8.1.1). */
function openEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes[bytes.length - back];
    if (byte === undefined || byte < 0x80) return 0;
    if (byte >= 0xc0) return lengthFrom(byte) > back ? back : 0;
  }
  return 0;
}

function lengthFrom(lead: number): number {
  if (lead >= 0xf0) return lead < 0xf5 ? 4 : 1;
  return lead >= 0xe0 ? 3 : 2;
}
