import { StreamError } from './errors.js';

/**
 * Where positions are kept from one run to the next. A saved position means "resume after this".
 *
 * Keys and positions are opaque text: a store compares and splits nothing. Each method may give its result at once or as a
 * promise, and may throw or reject; callers `await` it within `try`, which covers both.
 *
 * What every store here promises, and one of your own should: `save` and `delete` are done, as durably as the store can, when
 * they resolve; of several that are under way at once for one key the last call wins; `load` sees what was saved before it was
 * called. Errors: a `StreamError` with a {@link CheckpointErrorCode}; a `TypeError` for a key or position that is no text.
 */
export interface CheckpointStore {
  /** The position saved last; `undefined` where there is none. */
  load(key: string): string | undefined | Promise<string | undefined>;
  save(key: string, position: string): void | Promise<void>;
  /** Forgets the key; one that is not there is no error. */
  delete(key: string): void | Promise<void>;
}

/**
 * Why a store failed. All are `fatal_error`: a position that cannot be kept is no matter for another connection.
 *
 * - `locked`: another writer has the store open.
 * - `damaged`: what is stored cannot be trusted; nothing starts from zero in silence.
 * - `quota_exceeded`: the store has no more room.
 * - `position_too_large`: the position is longer than 64 KiB.
 * - `store_failed`: the platform refused; the message says what it said.
 * - `store_closed`: used after it was closed.
 */
export type CheckpointErrorCode =
  'locked' | 'damaged' | 'quota_exceeded' | 'position_too_large' | 'store_failed' | 'store_closed';

/** A key names a stream, by hand or by a configuration. */
const maxKeyBytes = 1_024;
/** Resume tokens of real services are some hundred bytes long. */
const maxPositionBytes = 64 * 1_024;

/**
 * Keeps positions in memory: for tests, and where a restart may begin anew.
 *
 * `initial` holds the positions to begin with, by key.
 *
 * Errors: `TypeError` for wrong values; `position_too_large`.
 *
 * @example
 * import { memoryCheckpoint } from 'tailrace';
 *
 * const store = memoryCheckpoint({ posts: '1234' });
 * await store.save('posts', '1235');
 */
export function memoryCheckpoint(initial: Readonly<Record<string, string>> = {}): CheckpointStore {
  const positions = new Map<string, string>();
  for (const [key, position] of Object.entries(initial)) {
    checkCheckpointKey(key);
    checkCheckpointPosition(position);
    positions.set(key, position);
  }
  // `async`: what a check throws reaches the caller the same way as from every other store.
  return {
    load: async (key) => {
      checkCheckpointKey(key);
      return positions.get(key);
    },
    save: async (key, position) => {
      checkCheckpointKey(key);
      checkCheckpointPosition(position);
      positions.set(key, position);
    },
    delete: async (key) => {
      checkCheckpointKey(key);
      positions.delete(key);
    },
  };
}

/** For authors of stores: text of 1 to 1,024 bytes. Errors: `TypeError`, which never quotes the key. */
export function checkCheckpointKey(key: unknown): void {
  checkText('key', key);
  if (key === '') throw new TypeError('checkpoint: the key must not be empty');
  if (byteLength(key, maxKeyBytes) > maxKeyBytes) {
    throw new TypeError(`checkpoint: the key must be at most ${maxKeyBytes} bytes long`);
  }
}

/**
 * For authors of stores: text of 0 to 65,536 bytes.
 *
 * Errors: `TypeError` where it is no text; `position_too_large` beyond, because its length is the server's doing. No message
 * quotes it.
 */
export function checkCheckpointPosition(position: unknown): void {
  checkText('position', position);
  if (byteLength(position, maxPositionBytes) > maxPositionBytes) {
    throw checkpointError('position_too_large', `checkpoint: a position is longer than ${maxPositionBytes} bytes`);
  }
}

/** For authors of stores: what they reject with. */
export function checkpointError(
  code: CheckpointErrorCode,
  message: string,
  cause?: unknown,
): StreamError<CheckpointErrorCode> {
  return new StreamError(message, { errorType: 'fatal_error', code, cause });
}

function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`checkpoint: the ${name} must be text, got ${typeof value}`);
  // Half a surrogate pair has no UTF-8: a store would silently give back another text than it was given.
  if (/\p{Surrogate}/u.test(value)) throw new TypeError(`checkpoint: the ${name} has half a surrogate pair in it`);
}

/** Exact only near the limit: encoding costs more than the rest of the check. */
function byteLength(text: string, limit: number): number {
  if (text.length * 3 <= limit || text.length > limit) return text.length;
  return new TextEncoder().encode(text).byteLength;
}
