import fc from 'fast-check';

/** Strings that look like what the reader cuts at. */
const nasty = fc.constantFrom('},{', '],[', '","', '1,2', '"', '\\', '\\"', ']', '[', '}', '😀', 'é,…', '\u2028', '');
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  nasty,
  fc.record({ id: fc.nat(), text: nasty, items: fc.array(fc.record({ a: nasty }), { maxLength: 4 }) }),
  fc.array(fc.array(nasty, { maxLength: 3 }), { maxLength: 3 }),
);
/** Arrays of all kinds, many of them to trip a reader that guesses. */
export const values: fc.Arbitrary<unknown[]> = fc.oneof(
  fc.array(value, { maxLength: 12 }),
  fc.array(fc.record({ id: fc.nat(), text: nasty }), { maxLength: 12 }),
  fc.array(nasty, { maxLength: 12 }),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 12 }),
);
export const indent: fc.Arbitrary<string> = fc.constantFrom('', ' ', '\t', '    ');
export const places: fc.Arbitrary<number[]> = fc.array(fc.nat(2_000), { maxLength: 12 });

/** What `Response.json()` makes of the bytes; `undefined` for no array. */
export function wholeOf(all: Uint8Array): unknown[] | undefined {
  return arrayOf(new TextDecoder().decode(all));
}

function arrayOf(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The elements that stand before the broken place: the most that any cut at a comma leaves to `JSON.parse`. */
export function prefixOf(all: Uint8Array): unknown[] {
  const text = new TextDecoder().decode(all);
  for (let at = text.lastIndexOf(','); at > 0; at = text.lastIndexOf(',', at - 1)) {
    const prefix = arrayOf(`${text.slice(0, at)}]`);
    if (prefix !== undefined && prefix.length > 0) return prefix;
  }
  return [];
}
