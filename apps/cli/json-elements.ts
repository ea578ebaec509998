/** One element of an array, as it stands in the text. */
export interface JsonElement {
  readonly json: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** The elements of a text that is known to be an array of JSON, each with its line, which `JSON.parse` does not tell. */
export function arrayElements(text: string): JsonElement[] {
  const elements: JsonElement[] = [];
  const start = text.indexOf('[') + 1;
  let depth = 0;
  let from = start;
  let inString = false;
  const end = (at: number): void => {
    const json = text.slice(from, at);
    const line = text.slice(0, from + json.length - json.trimStart().length).split('\n').length;
    if (json.trim() !== '') elements.push({ json: json.trim(), line });
    from = at + 1;
  };
  for (let at = start; at < text.length && depth >= 0; at += 1) {
    const character = text.charAt(at);
    if (inString) {
      if (character === '\\') at += 1;
      inString = character !== '"';
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (!inString && ((character === ',' && depth === 0) || depth < 0)) end(at);
  }
  return elements;
}
