import { catchError, defer, map, type Observable, of } from 'rxjs';
import { isPromised } from '../../lib/handler-result.js';
import type { ToolResult } from './tool-results.js';

/** How long a result may be. */
export interface LargeResultOptions {
  readonly maxResultLength: number;
  readonly onLargeResult: LargeResultHandler | undefined;
}

/** Puts a large result somewhere, and returns what the model gets to read in its place. */
export type LargeResultHandler = (result: ToolResult) => string | Promise<string>;

/**
 * The result, short enough. A text that is too long goes to `onLargeResult`; without one, or where that fails, its beginning is the result and says
 * so: the tool has run, and an error would make the model run it again. Blocks pass whatever their length: a part of an image is none.
 */
export function limitResult(
  result: ToolResult,
  { maxResultLength: limit, onLargeResult }: LargeResultOptions,
  report: (error: unknown) => void,
): Observable<ToolResult> {
  const { output } = result;
  if (typeof output !== 'string' || output.length <= limit) return of(result);
  const begun = { ...result, output: beginning(output, limit) };
  if (onLargeResult === undefined) return of(begun);
  return spilled(onLargeResult, result).pipe(
    map((text) => ({ ...result, output: text.length <= limit ? text : beginning(text, limit) })),
    catchError((error: unknown) => {
      report(error);
      return of(begun);
    }),
  );
}

function spilled(onLargeResult: LargeResultHandler, result: ToolResult): Observable<string> {
  return defer(() => {
    const text = onLargeResult(result);
    return isPromised(text) ? Promise.resolve(text) : of(text);
  }).pipe(
    map((text: unknown) => {
      if (typeof text === 'string') return text;
      throw new TypeError('onLargeResult must return a text, or a promise of one');
    }),
  );
}

/** Never ends inside a surrogate pair: half of one is no character, and not every server takes it. */
function beginning(text: string, limit: number): string {
  const last = text.charCodeAt(limit - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
  return `${text.slice(0, end)}\n[cut off: the first ${end} of ${text.length} characters]`;
}
