import { checkOptions, integer } from './check-options.js';
import { endText, feedText, jsonReader, type PartialJsonProblem, valueSoFar } from './partial-json-reader.js';

/** V8's longest string; an open string must not pass it. */
const maxTextLength = 2 ** 29 - 24;

/** How much a text may hold. */
export interface PartialJsonOptions {
  /**
   * How many arrays and objects may lie in one another. Beyond some thousands `JSON.stringify` and `structuredClone` fail.
   * @default 256
   */
  maxDepth?: number | undefined;
  /** Characters of the text, UTF-16 code units, white space included. @default 16_777_216 */
  maxLength?: number | undefined;
}

/** A JSON text on its way. */
export interface PartialJson {
  /**
   * Takes the next piece of the text, cut anywhere. Costs time in proportion to the piece, however much came before.
   * After a problem it does nothing.
   */
  feed(text: string): void;
  /**
   * Says that nothing more will come: a number at the top level is whole only then, and a text that is not complete gets
   * the problem that it ends too early. `value` stays.
   */
  end(): void;
  /**
   * The value so far, `undefined` while there is nothing to show.
   *
   * **Later feeds change the same arrays and objects in place**: take a `structuredClone` to keep one, and change none of
   * them. An open string is put in its place when this is read, so that nobody pays for looks that nobody takes.
   */
  readonly value: unknown;
  /** Whether the top-level value is whole; only white space may follow. `false` after a problem. */
  readonly isComplete: boolean;
  /** Where and why the text stopped being JSON. `value` stays at what was good before it. */
  readonly problem: PartialJsonProblem | undefined;
}

/**
 * The value of a JSON text while it is still coming, as the input of a tool call does.
 *
 * Once `isComplete`, `value` is what `JSON.parse` gives for the whole text, and what `JSON.parse` refuses never becomes
 * complete. Until then:
 * - arrays and objects hold what has come; a member appears with its value, not with its name;
 * - a string grows. Half an escape is not shown, nor a high surrogate at the end before its partner: a shown string is
 *   always a beginning of the final one, and a pair is never cut in two;
 * - a number appears when the character after it has come, since `1` may yet be `12`; a literal with its last letter;
 * - of members with the same name the last wins, as soon as it shows anything.
 *
 * A look costs the same whatever the size of the value. Reading a growing string from end to end, as printing does, costs
 * its length at every look: with large inputs read after some of the pieces, not after each.
 * Holds the value and, for each piece of a string, some 40 bytes until that string is read.
 *
 * Errors: none for any text, see `problem`: `invalid_json` with the place, `too_deep`, `too_long`. A `TypeError` for
 * senseless options.
 *
 * @example
 * import { partialJson } from 'tailrace';
 *
 * const input = partialJson();
 * for (const delta of ['{"city": "Os', 'lo", "days', '": 1', '2}']) {
 *   input.feed(delta);
 *   console.log(input.value); // { city: 'Os' }, { city: 'Oslo' }, { city: 'Oslo' }, { city: 'Oslo', days: 12 }
 * }
 * input.end();
 * console.log(input.isComplete, input.problem?.message);
 */
export function partialJson(options: PartialJsonOptions = {}): PartialJson {
  checkOptions('partialJson', { maxDepth: integer(1), maxLength: integer(1, maxTextLength) }, options);
  const { maxDepth = 256, maxLength = 16_777_216 } = options;
  const reader = jsonReader({ maxDepth, maxLength });
  return {
    feed: (text) => feedText(reader, text),
    end: () => endText(reader),
    get value() {
      return valueSoFar(reader);
    },
    get isComplete() {
      return reader.expected === 'nothing' && reader.problem === undefined;
    },
    get problem() {
      return reader.problem;
    },
  };
}
