/**
 * Where a stream stands.
 *
 * - `idle`: nothing to connect to: `params` is `undefined`, or the page is being rendered on a server.
 * - `connecting`: subscribed, no connection yet; also between the connections of a stream that makes several on purpose.
 * - `live`: a server has answered and its body is open; for a stream that reports to no monitor: the first item is there.
 * - `reconnecting`: after a failure that is tried again. The value stays.
 * - `error`: over for good; `error` says why. The value stays.
 * - `complete`: the server has said that it is over for good. The value stays.
 * - `stopped`: by `stop()`, until `restart()`. The value stays.
 */
export type StreamStatus = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'error' | 'complete' | 'stopped';

/** All that a page shows of a stream, of one moment: one write to one signal. */
export interface StreamView<V> {
  readonly value: V;
  readonly status: StreamStatus;
  readonly error: Error | undefined;
  readonly attempt: number;
  readonly received: number;
  /** Until the first item the value is that of the run before. */
  readonly isRestart: boolean;
}

/** The view of a stream that has said nothing yet. */
export function unbegun(status: StreamStatus): Omit<StreamView<never>, 'value'> {
  return { status, error: undefined, attempt: 0, received: 0, isRestart: false };
}

/** What was thrown, as an error. Told by its members: `instanceof` fails across realms and copies. */
export function toError(thrown: unknown): Error {
  return isError(thrown)
    ? thrown
    : new Error('the stream has failed with something that is no error', { cause: thrown });
}

function isError(thrown: unknown): thrown is Error {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && 'message' in thrown;
}
