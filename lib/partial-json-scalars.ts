import type { PartialToken } from './partial-json-text.js';

export interface PartialNumber extends PartialToken<number> {
  /** Whether it is a number if nothing more belongs to it. */
  readonly mayEnd: boolean;
  /** With its first character, a digit or a minus. */
  begin(first: number): void;
}

export interface PartialLiteral extends PartialToken<boolean | null> {
  /** With its first letter; `false` where no literal begins so. */
  begin(first: number): boolean;
}

const literals: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

type NumberPhase = 'minus' | 'zero' | 'whole' | 'point' | 'fraction' | 'e' | 'sign' | 'exponent';

/** A number, by the grammar of RFC 8259 section 6. It is whole at the first character that does not belong to it. */
export function partialNumber(): PartialNumber {
  let progress: PartialNumber['progress'] = 'whole';
  let phase: NumberPhase = 'minus';
  let digits = '';
  const mayEnd = (): boolean => phase === 'zero' || phase === 'whole' || phase === 'fraction' || phase === 'exponent';
  return {
    get progress() {
      return progress;
    },
    get value() {
      return Number(digits);
    },
    get mayEnd() {
      return mayEnd();
    },
    begin: (first) => {
      progress = 'open';
      phase = first === 0x2d ? 'minus' : first === 0x30 ? 'zero' : 'whole';
      digits = String.fromCharCode(first);
    },
    read: (text, start) => {
      let at = start;
      for (; at < text.length; at += 1) {
        const mark = markOf(text.charCodeAt(at));
        const next = mark === undefined ? undefined : phases[phase][mark];
        if (next === undefined) {
          progress = mayEnd() ? 'whole' : 'bad';
          break;
        }
        phase = next;
      }
      digits += text.slice(start, at);
      return at;
    },
  };
}

type NumberMark = 'zero' | 'digit' | 'point' | 'e' | 'sign';

/** What each character makes of a number; where nothing is said it does not belong to it. */
const phases: { readonly [K in NumberPhase]: { readonly [M in NumberMark]?: NumberPhase } } = {
  minus: { zero: 'zero', digit: 'whole' },
  zero: { point: 'point', e: 'e' },
  whole: { zero: 'whole', digit: 'whole', point: 'point', e: 'e' },
  point: { zero: 'fraction', digit: 'fraction' },
  fraction: { zero: 'fraction', digit: 'fraction', e: 'e' },
  e: { zero: 'exponent', digit: 'exponent', sign: 'sign' },
  sign: { zero: 'exponent', digit: 'exponent' },
  exponent: { zero: 'exponent', digit: 'exponent' },
};

function markOf(code: number): NumberMark | undefined {
  if (code >= 0x31 && code <= 0x39) return 'digit';
  if (code === 0x30) return 'zero';
  if (code === 0x2e) return 'point';
  if (code === 0x65 || code === 0x45) return 'e';
  return code === 0x2b || code === 0x2d ? 'sign' : undefined;
}

/** `true`, `false` or `null`: whole at its last letter. */
export function partialLiteral(): PartialLiteral {
  let progress: PartialLiteral['progress'] = 'whole';
  let value: boolean | null = null;
  let word = '';
  let taken = 0;
  return {
    get progress() {
      return progress;
    },
    get value() {
      return value;
    },
    begin: (first) => {
      const found = literals.find(([name]) => name.charCodeAt(0) === first);
      if (found === undefined) return false;
      [word, value] = found;
      progress = 'open';
      taken = 1;
      return true;
    },
    read: (text, start) => {
      let at = start;
      while (at < text.length && progress === 'open') {
        if (text.charCodeAt(at) !== word.charCodeAt(taken)) {
          progress = 'bad';
          break;
        }
        at += 1;
        taken += 1;
        if (taken === word.length) progress = 'whole';
      }
      return at;
    },
  };
}
