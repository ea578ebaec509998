import { abiError } from './abi-inputs.js';
import type { AbiParsingError } from './errors.js';

/** The words of a human-readable ABI, one after the other. */
export interface AbiWords {
  /** The next one; empty at the end. */
  readonly next: string;
  /** Goes past the next one, and gives it. Errors: at the end. */
  take(): string;
  /** Goes past the next one if it is this. */
  accept(word: string): boolean;
  /** Goes past the next one, which must be this. */
  expect(word: string): void;
  /** Goes past the next one, which must be a name; `what` is what messages call it. */
  name(what: string): string;
  /** An error about the next one. */
  unexpected(wanted: string): AbiParsingError;
}

/** Names, numbers, brackets; whatever else there is stands for itself, and fits nowhere. */
const word = /[A-Za-z_$][\w$]*|\d+|\S/g;

/** The words of a text; `path` is asked for the place when one does not fit. */
export function wordsOf(text: string, path: () => string): AbiWords {
  const words = text.match(word) ?? [];
  let position = 0;
  const all: AbiWords = {
    get next() {
      return words[position] ?? '';
    },
    take: () => {
      const { next } = all;
      if (next === '') throw all.unexpected('more');
      position += 1;
      return next;
    },
    accept: (wanted) => {
      const isNext = all.next === wanted;
      if (isNext) position += 1;
      return isNext;
    },
    expect: (wanted) => {
      if (!all.accept(wanted)) throw all.unexpected(JSON.stringify(wanted));
    },
    name: (what) => {
      if (!/^[A-Za-z_$]/.test(all.next)) throw all.unexpected(what);
      return all.take();
    },
    unexpected: (wanted) => abiError(path(), `Invalid signature: expected ${wanted}, found ${shown(all.next)}`),
  };
  return all;
}

function shown(found: string): string {
  return found === '' ? 'the end' : JSON.stringify(found.slice(0, 60));
}
