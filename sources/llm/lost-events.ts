import { LlmError } from './errors.js';
import type { LlmWire } from './vocabulary.js';

/**
 * Events do not follow from one another: some are lost, or a proxy has begun the answer again in the middle of it. What has been assembled can no
 * longer become whole, so this is `stream_interrupted` with `interrupted`, and never a message.
 */
export function lostEvents(wire: LlmWire, reason: string): LlmError {
  return new LlmError(reason, { errorType: 'stream_interrupted', code: 'interrupted', phase: 'body', wire });
}
