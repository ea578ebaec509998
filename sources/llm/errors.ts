import { StreamError, type StreamErrorCode, type StreamErrorDetails } from '../../lib/errors.js';
import type { AssembledMessage } from './message.js';
import type { LlmUsage, LlmWire } from './vocabulary.js';

/** Why an LLM stream failed: the toolkit's own codes, and the providers' words under one name each. */
export type LlmErrorCode =
  | StreamErrorCode
  /** The model, the deployment or the endpoint does not exist. */
  | 'model_not_found'
  /** The input and the wanted output do not fit into the model. */
  | 'context_length_exceeded'
  /** A spend limit, an empty balance, a quota: waiting does not help. */
  | 'quota_exceeded'
  /** 413, or the provider's own words for it. */
  | 'request_too_large'
  /** The provider itself failed in the middle (`error` event, `response.failed`). */
  | 'provider_failed'
  /** The provider refused the prompt before any content. */
  | 'content_policy'
  /** A tool of the model's choice broke on the provider's side (`failed_generation`). */
  | 'tool_use_failed'
  /** No first content within its limit. */
  | 'first_content_timeout'
  /** A background response can no longer be streamed or found. */
  | 'resume_expired'
  /** The loop of tools and turns has reached `maxTurns`. */
  | 'max_turns'
  /** The same bytes broke twice: another try would break again. */
  | 'deterministic_failure'
  /** A tool the model called is not there, and `onUnknown` is `error`. */
  | 'unknown_tool';

/** What is known of a failure beyond {@link StreamErrorDetails}. */
export interface LlmErrorDetails extends StreamErrorDetails<string> {
  readonly wire?: LlmWire | undefined;
  /** The provider's own `type` of the error, as in `overloaded_error`. */
  readonly providerType?: string | undefined;
  /** The provider's own `code`. */
  readonly providerCode?: string | undefined;
  /** What had been assembled when it failed; `undefined` before any content. */
  readonly partial?: AssembledMessage | undefined;
  /** Tokens that are billed so far, as far as the provider has said. */
  readonly usage?: LlmUsage | undefined;
}

/**
 * A failure of an LLM stream. HTTP errors, `error` events and early ends have the same class, so that one handler serves all. After content
 * `partial` holds what came.
 */
export class LlmError extends StreamError {
  override readonly name: string = 'LlmError';
  readonly wire: LlmWire | undefined;
  readonly providerType: string | undefined;
  readonly providerCode: string | undefined;
  readonly partial: AssembledMessage | undefined;
  readonly usage: LlmUsage | undefined;

  constructor(message: string, details: LlmErrorDetails) {
    super(message, details);
    this.wire = details.wire;
    this.providerType = details.providerType;
    this.providerCode = details.providerCode;
    this.partial = details.partial;
    this.usage = details.usage;
  }
}

/** The body ended, or broke off, before the provider's terminal marker: what came is not the whole message. */
export class TruncatedStreamError extends LlmError {
  override readonly name: string = 'TruncatedStreamError';
  /** Type of the last event that came. */
  readonly lastEvent: string | undefined;

  constructor(message: string, details: LlmErrorDetails & { readonly lastEvent?: string | undefined }) {
    super(message, details);
    this.lastEvent = details.lastEvent;
  }
}
