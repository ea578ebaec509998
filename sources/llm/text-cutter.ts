/** What a text is cut into. */
export type SmoothUnit = 'word' | 'line' | 'grapheme';

/** Cuts a growing text into units. Put together they are the text. */
export interface TextCutter {
  /** Adds text; returns the units that no later text can change. */
  feed(text: string): readonly string[];
  /** The rest, which it forgets. */
  flush(): string;
  /** Characters of the rest. */
  readonly held: number;
}

/** How cutters cut. */
export interface TextCutterOptions {
  readonly by: SmoothUnit;
  /** As of `Intl.Segmenter`. */
  readonly locale: string | undefined;
  /** A unit that grows longer is cut between two characters as people see them. */
  readonly maxHeld: number;
}

/** Words and graphemes that are not over are read again with every piece, so they must stay short. */
const maxReread = 256;

/**
 * Makes cutters, one for each text. A word is one with the spaces and signs behind it, a line one with its LF.
 *
 * Errors: `TypeError` where the runtime has no `Intl.Segmenter`; `RangeError` for a locale that is none.
 */
export function textCutters({ by, locale, maxHeld }: TextCutterOptions): () => TextCutter {
  if (!('Segmenter' in Intl)) {
    throw new TypeError('smooth: this runtime has no Intl.Segmenter; use a newer one, or leave smooth out');
  }
  const graphemes = new Intl.Segmenter(locale, { granularity: 'grapheme' });
  const limit = by === 'line' ? maxHeld : Math.min(maxHeld, maxReread);
  const bounded = (cut: Cut) => () => cutter(cut, (rest) => withoutLast(segmentsOf(rest, graphemes)), limit);
  switch (by) {
    case 'line':
      return bounded(linesIn);
    case 'word': {
      const words = new Intl.Segmenter(locale, { granularity: 'word' });
      return bounded((rest) => withoutLast(wordsIn(rest, words)));
    }
    case 'grapheme':
      return bounded((rest) => withoutLast(segmentsOf(rest, graphemes)));
  }
}

/** The units at the beginning of a text that are whole; `added` is what has come since the last time. */
type Cut = (rest: string, added: string) => readonly string[];

function cutter(cut: Cut, cutGraphemes: Cut, limit: number): TextCutter {
  let rest = '';
  const take = (length: number): string => {
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    return taken;
  };
  /** Half a pair of surrogates joins nothing, and as a whole may: it must not end the character before it. */
  let hasHalf = false;
  const solid = (): string => (hasHalf ? rest.slice(0, -1) : rest);
  const overflow = (): string => {
    const text = solid();
    const length = lengthOf(cutGraphemes(text, text));
    // One character of hundreds of marks cannot be waited for.
    const isStuck = rest.length - length > limit;
    return take(isStuck ? text.length : length);
  };
  return {
    feed: (text) => {
      if (text === '') return [];
      rest += text;
      // Of the piece and not of the rest: reading a rope puts it together.
      hasHalf = isHigh(text.at(-1));
      const units = cut(solid(), text);
      if (units.length > 0) take(lengthOf(units));
      return rest.length <= limit ? units : [...units, overflow()];
    },
    flush: () => take(rest.length),
    get held() {
      return rest.length;
    },
  };
}

function lengthOf(units: readonly string[]): number {
  return units.reduce((sum, unit) => sum + unit.length, 0);
}

function isHigh(unit: string | undefined): boolean {
  return unit !== undefined && unit >= '\ud800' && unit <= '\udbff';
}

/** The last unit may go on: a mark, a joiner or the second half of a pair may follow. */
function withoutLast(units: readonly string[]): readonly string[] {
  return units.slice(0, -1);
}

function segmentsOf(text: string, segmenter: Intl.Segmenter): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** A unit begins with a word, when there is one before it already: so it has the spaces and signs behind it. */
function wordsIn(text: string, segmenter: Intl.Segmenter): string[] {
  const units: string[] = [];
  let unit = '';
  let hasWord = false;
  for (const { segment, isWordLike = false } of segmenter.segment(text)) {
    if (isWordLike && hasWord) {
      units.push(unit);
      unit = '';
    }
    hasWord ||= isWordLike;
    unit += segment;
  }
  if (unit !== '') units.push(unit);
  return units;
}

/** Looks only at what was added, until there is an end: a long line would be read again with every piece. */
function linesIn(rest: string, added: string): string[] {
  if (!added.includes('\n')) return [];
  const lines: string[] = [];
  let from = 0;
  for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n', from)) {
    lines.push(rest.slice(from, at + 1));
    from = at + 1;
  }
  return lines;
}
