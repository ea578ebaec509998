import { catchError, map, type Observable, of } from 'rxjs';
import { classifyError, jsonCall } from 'tailrace';
import type { StreamName } from './streams-answer.js';

/** What a server can be told to do wrong. */
type FaultKind = 'drop' | 'stall' | '503' | '429' | 'flood';

/** A fault as the page offers it. */
export interface Fault {
  readonly kind: FaultKind;
  readonly label: string;
  /** What it does, in one sentence. */
  readonly effect: string;
}

/** In the order of the buttons. */
export const faults: readonly Fault[] = [
  { kind: 'drop', label: 'Drop', effect: 'Resets every open socket of this stream now.' },
  { kind: 'stall', label: 'Stall', effect: 'Open answers go silent; their sockets stay open.' },
  { kind: '503', label: '503', effect: 'Cuts the stream, and refuses the next two connections with 503.' },
  {
    kind: '429',
    label: '429',
    effect: 'Cuts the stream, and refuses the next connection with 429 and Retry-After: 3.',
  },
  { kind: 'flood', label: 'Flood', effect: 'A hundred times as many items for five seconds.' },
];

/** How long the server may take to misbehave, in milliseconds. */
const patience = 5_000;

/** Has a server misbehave; emits what became of it, in words, and never fails. */
export function misbehave(name: StreamName, { kind, label }: Fault): Observable<string> {
  const url = new URL(`/api/streams/${name}/faults`, document.baseURI).href;
  const request = { url, method: 'POST', json: { kind }, headersTimeout: patience, idleTimeout: patience };
  return jsonCall(request).pipe(
    map(() => `${label}: done`),
    catchError((error: unknown) => of(`${label} failed: ${classifyError(error).message}`)),
  );
}
