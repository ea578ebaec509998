import { isStreamError } from '../../lib/index.js';
import type { LlmLoopPart } from '../../sources/llm/index.js';
import { jsonLine } from './json-line.js';

/** A part as a line of JSON. An error would be an empty object: what is known of it is written in its place. */
export function partLine(part: LlmLoopPart): string {
  return jsonLine('cause' in part ? { ...part, cause: errorFacts(part.cause) } : part);
}

function errorFacts(error: unknown): object {
  if (!isStreamError(error)) return {};
  const { name, errorType, code, message, statusCode, retryAfter } = error;
  return { name, errorType, code, message, statusCode, retryAfter };
}
