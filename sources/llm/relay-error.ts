import { isStreamError, StreamErrorType } from '../../lib/errors.js';
import { LlmError, type LlmErrorDetails, TruncatedStreamError } from './errors.js';
import type { LlmWire, NativeObject } from './vocabulary.js';

/** Members of an error that may be shown to whoever is at the other end. Not the body of an answer, no cause, not what came before. */
const told: ReadonlySet<string> = new Set([
  ...['requestId', 'providerType', 'providerCode', 'phase', 'wire', 'lastEvent'],
  ...['statusCode', 'retryAfter', 'attempts', 'elapsed'],
]);

/** An error as plain data. Of an error that is none of ours only the fact is told: nobody knows what its message holds. */
export function plainError(error: unknown): NativeObject {
  if (!isStreamError(error)) {
    const message = 'the relayed stream has failed';
    return { name: 'LlmError', message, errorType: StreamErrorType.FATAL_ERROR, code: 'unexpected' };
  }
  const { name, message, errorType, code } = error;
  const shown = Object.entries(error).filter(([member, value]) => told.has(member) && value !== undefined);
  return { name, message, errorType, code, ...Object.fromEntries(shown) };
}

/** The error that {@link plainError} was made from, as far as it was told. What is not of its shape is a `fatal_error` with `malformed`. */
export function errorOf(plain: NativeObject): LlmError {
  const { name, message, code, lastEvent } = plain;
  const errorType = Object.values(StreamErrorType).find((type) => type === plain['errorType']);
  if (typeof message !== 'string' || typeof code !== 'string' || errorType === undefined) {
    return new LlmError('the relay has sent an error that says nothing', {
      ...{ errorType: 'fatal_error', code: 'malformed', phase: 'body' },
    });
  }
  const details: LlmErrorDetails = { errorType, code, ...toldBy(plain) };
  return name === 'TruncatedStreamError'
    ? new TruncatedStreamError(message, { ...details, lastEvent: textOf(lastEvent) })
    : new LlmError(message, details);
}

const wires: readonly LlmWire[] = ['anthropic', 'openai-chat', 'openai-responses'];
const phases = ['request', 'body'] as const;

function toldBy(plain: NativeObject): Partial<LlmErrorDetails> {
  return {
    requestId: textOf(plain['requestId']),
    providerType: textOf(plain['providerType']),
    providerCode: textOf(plain['providerCode']),
    phase: phases.find((phase) => phase === plain['phase']),
    wire: wires.find((wire) => wire === plain['wire']),
    statusCode: numberOf(plain['statusCode']),
    retryAfter: numberOf(plain['retryAfter']),
    attempts: numberOf(plain['attempts']),
    elapsed: numberOf(plain['elapsed']),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
