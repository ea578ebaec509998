import { catchError, concat, defer, EMPTY, from, mergeMap, noop, type Observable, of, throwError } from 'rxjs';
import type { LlmLoopPart } from '../../sources/llm/index.js';
import { partNews } from './llm-notes.js';
import { partLine } from './llm-part-line.js';
import type { TextFlow } from './llm-text.js';
import type { Line } from './output.js';

/** Every part as a line of JSON. */
export function jsonLines(parts: Observable<LlmLoopPart>, note: (text: string) => void): Observable<Line> {
  return told(parts, note, (part) => ({ text: partLine(part), written: noop }));
}

/** The text of the parts. What is held is printed before an error too. */
export function textLines(
  parts: Observable<LlmLoopPart>,
  note: (text: string) => void,
  text: TextFlow,
): Observable<Line> {
  return told(parts, note, (part) => rawLine(text.textOf(part))).pipe(
    catchError((error: unknown) => {
      const rest = rawLine(text.rest());
      return concat(
        rest === undefined ? EMPTY : of(rest),
        throwError(() => error),
      );
    }),
  );
}

/** A note goes out behind what was printed before it: on one terminal it would else stand in the middle of the text. */
function told(
  parts: Observable<LlmLoopPart>,
  note: (text: string) => void,
  lineOf: (part: LlmLoopPart) => Line | undefined,
): Observable<Line> {
  const noted = (text: string): Line => ({ text: '', raw: true, written: () => note(text) });
  return defer(() => {
    const news = partNews();
    const lines = parts.pipe(
      mergeMap((part) => {
        const said = news.of(part);
        const line = lineOf(part);
        return from([...(line === undefined ? [] : [line]), ...(said === undefined ? [] : [noted(said)])]);
      }),
    );
    return concat(
      lines,
      defer(() => of(noted(news.end()))),
    );
  });
}

function rawLine(text: string): Line | undefined {
  return text === '' ? undefined : { text, raw: true, written: noop };
}
