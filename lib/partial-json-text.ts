/** A string, a number or a literal that the text may cut anywhere. One object serves for all of its kind, in turn. */
export interface PartialToken<T = unknown> {
  readonly progress: 'open' | 'whole' | 'bad';
  /** The value, once it is whole. */
  readonly value: T;
  /** Takes what belongs to it from `at` on. Returns the first character after that: where it is `bad`, the one to blame. */
  read(text: string, at: number): number;
}

export interface PartialText extends PartialToken<string> {
  /** What has come, without half an escape or half a surrogate pair. */
  readonly shown: string;
  /** After the opening quote. */
  begin(): void;
}

const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const letterU = 0x75;

interface TextState {
  phase: 'plain' | 'escape' | 'hex' | 'whole' | 'bad';
  /** Grows by `+=`: engines keep the pieces and join them when someone reads, so a piece costs its own length only. */
  shown: string;
  /** A high surrogate that waits for its partner; kept apart, since looking at the end of `shown` would join it. */
  held: string;
  /** The digits of a `\u` escape, and how many. */
  hex: number;
  digits: number;
}

/** A string, its escapes resolved. */
export function partialText(): PartialText {
  const state: TextState = { phase: 'whole', shown: '', held: '', hex: 0, digits: 0 };
  return {
    get progress() {
      return state.phase === 'whole' || state.phase === 'bad' ? state.phase : 'open';
    },
    get value() {
      return state.shown + state.held;
    },
    get shown() {
      return state.shown;
    },
    begin: () => {
      state.phase = 'plain';
      state.shown = '';
      state.held = '';
    },
    read: (text, start) => {
      let at = start;
      while (at < text.length) {
        if (state.phase === 'plain') at = readPlain(state, text, at);
        else if (state.phase === 'escape') at = readEscape(state, text, at);
        else if (state.phase === 'hex') at = readHex(state, text, at);
        else break;
      }
      return at;
    },
  };
}

function readPlain(state: TextState, text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote || code === backslash || code < space) break;
  }
  if (at > start) append(state, text.slice(start, at));
  if (at === text.length) return at;
  const code = text.charCodeAt(at);
  if (code < space) return refuse(state, at);
  state.phase = code === quote ? 'whole' : 'escape';
  return at + 1;
}

function append(state: TextState, piece: string): void {
  const last = piece.charCodeAt(piece.length - 1);
  const isHigh = last >= 0xd800 && last <= 0xdbff;
  state.shown += state.held + (isHigh ? piece.slice(0, -1) : piece);
  state.held = isHigh ? piece.slice(-1) : '';
}

function readEscape(state: TextState, text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === letterU) {
    state.hex = 0;
    state.digits = 0;
    state.phase = 'hex';
    return at + 1;
  }
  const meant = escaped(code);
  if (meant === undefined) return refuse(state, at);
  append(state, meant);
  state.phase = 'plain';
  return at + 1;
}

function readHex(state: TextState, text: string, at: number): number {
  const digit = hexDigit(text.charCodeAt(at));
  if (digit === undefined) return refuse(state, at);
  state.hex = state.hex * 16 + digit;
  state.digits += 1;
  if (state.digits === 4) {
    append(state, String.fromCharCode(state.hex));
    state.phase = 'plain';
  }
  return at + 1;
}

function refuse(state: TextState, at: number): number {
  state.phase = 'bad';
  return at;
}

function escaped(code: number): string | undefined {
  switch (code) {
    case quote:
      return '"';
    case backslash:
      return '\\';
    case 0x2f:
      return '/';
    case 0x62:
      return '\b';
    case 0x66:
      return '\f';
    case 0x6e:
      return '\n';
    case 0x72:
      return '\r';
    case 0x74:
      return '\t';
    default:
      return undefined;
  }
}

function hexDigit(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
