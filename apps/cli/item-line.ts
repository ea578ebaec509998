import { jsonLine } from './json-line.js';

/** What is thousands of levels deep cannot be written: it counts as done, or it would come again for ever. */
export function itemLine(note: (text: string) => void): (item: unknown) => string | undefined {
  return (item) => {
    try {
      return jsonLine(item);
    } catch {
      note('warning: an item is nested too deeply to be printed');
      return undefined;
    }
  };
}
