/** C0 and C1 controls, DEL, line separators, and what turns the direction of writing: none of them belongs on a terminal. */
const unprintable = /[\0-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text from outside as one line that cannot steer a terminal. */
export function oneLine(text: string): string {
  return text.replace(unprintable, ' ').replace(/ {2,}/g, ' ').trim();
}

/** The same for text that may have several lines, and is data: what is taken out leaves a mark. */
export function forTerminal(text: string): string {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]/g, '\ufffd');
}
