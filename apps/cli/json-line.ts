/** What JSON allows as it is and line readers or terminals take for a line end or a command. */
const risky = /[\x7f-\x9f\u2028\u2029]/g;

/**
 * A value as one line of JSON. U+2028 and U+2029 are escaped, because some readers end a line there, and so are DEL and the C1
 * controls; `JSON.stringify` itself escapes line ends, other controls and lone surrogates (well-formed since ES2019).
 *
 * Errors: `RangeError` for a value some thousands of levels deep.
 */
export function jsonLine(value: unknown): string {
  return safeLine(JSON.stringify(value));
}

/** The same for text that is JSON already: its numbers keep all their digits, which parsing them would not. */
export function safeLine(json: string): string {
  // Outside strings none of these characters can be in JSON, so an escape is right wherever one is found.
  return json.replace(risky, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
