/** One way in which the same events come over the wire. */
export interface Framing {
  readonly name: string;
  /** The bytes of a stream that is framed with LF, in the pieces in which they come. */
  cut(text: string): readonly Uint8Array[];
}

/** Numbers that look random and are the same in every run. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Twelve ways to say the same: line ends, blanks, marks, comments, missing lines, and cuts. */
export const framings: readonly Framing[] = [
  { name: 'LF', cut: (text) => whole(text) },
  { name: 'CRLF', cut: (text) => whole(text.replaceAll('\n', '\r\n')) },
  { name: 'CR', cut: (text) => whole(text.replaceAll('\n', '\r')) },
  { name: 'mixed line ends', cut: (text) => whole(mixed(text)) },
  { name: 'no blank behind the colon', cut: (text) => whole(text.replace(/^(data|event): /gm, '$1:')) },
  { name: 'a byte order mark', cut: (text) => whole(`\u{feff}${text}`) },
  { name: 'comments', cut: (text) => whole(`: hello\n\n${text.replaceAll('\n\n', '\n\n: PROCESSING\n\n')}`) },
  { name: 'no event lines', cut: (text) => whole(text.replace(/^event:.*\n/gm, '')) },
  { name: 'no last blank line', cut: (text) => whole(text.replace(/\n+$/, '')) },
  { name: 'byte by byte', cut: (text) => pieces(text, () => 1) },
  { name: 'random pieces', cut: (text) => randomPieces(text) },
  { name: 'split inside characters', cut: (text) => insideCharacters(text) },
];

function whole(text: string): Uint8Array[] {
  return [Buffer.from(text)];
}

function mixed(text: string): string {
  const ends = ['\n', '\r\n', '\r'];
  let at = 0;
  // A CR before an LF would be one end, so an empty line behind a lone CR is a CR too.
  let last = '\n';
  return text.replace(/\n/g, () => {
    const next = ends[at++ % 3] ?? '\n';
    last = last === '\r' && next.startsWith('\n') ? '\r\n' : next;
    return last;
  });
}

/** Cuts bytes, or the bytes of a text, into pieces of the sizes that `size` says. */
export function pieces(text: string | Uint8Array, size: () => number): Uint8Array[] {
  const bytes = Buffer.from(text);
  const cut: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + size();
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

function randomPieces(text: string): Uint8Array[] {
  const next = numbers(text.length);
  return pieces(text, () => 1 + Math.floor(next() ** 3 * 300));
}

/** Before every byte that continues a character. */
function insideCharacters(text: string): Uint8Array[] {
  const bytes = Buffer.from(text);
  const cuts = [...bytes.keys()].filter((at) => ((bytes[at] ?? 0) & 0xc0) === 0x80);
  return [0, ...cuts].map((start, n) => bytes.subarray(start, cuts[n] ?? bytes.length));
}
