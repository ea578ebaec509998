import { instance, integer, type OptionRules } from '../../lib/check-options.js';
import { checkRetryConfig, type RetryConfig, streamRules } from '../../lib/config.js';
import { clockLimits, type LlmClockOptions, clockRules } from './clocks.js';
import { checkOptions } from '../../lib/check-options.js';
import { checkLlmOptions, type LlmCallOptions } from './llm-options.js';
import type { LlmCall } from './llm-run.js';
import type { OpenAIOptions } from './request-openai.js';
import type { LlmWire } from './vocabulary.js';

/** The members of `RetryConfig` that mean something for a stream that ends by itself. */
type LlmRetryOptions = Omit<
  RetryConfig,
  'onComplete' | 'immediateFirst' | 'resetAfter' | 'maxRetries' | 'initialBackoff' | 'maxBackoff' | 'maxRetryAfter'
>;

/** How a call is watched and tried again. */
export interface LlmKeepingOptions extends LlmRetryOptions {
  /** Limits of silence. */
  clocks?: LlmClockOptions | undefined;
  /** Failures before giving up; -1 for no end, 0 for no retry. @default 2 */
  maxRetries?: number | undefined;
  /** The first wait, in milliseconds; it doubles. @default 500 */
  initialBackoff?: number | undefined;
  /** No wait is longer than this, before jitter, unless the server asks for it; in milliseconds. @default 8_000 */
  maxBackoff?: number | undefined;
  /**
   * The longest wait that a server is granted, in milliseconds, less than an hour. One that asks for more is not asked again: the error has its
   * wish as `retryAfter`. No server is ever asked earlier than it said. @default 120_000
   */
  maxRetryAfter?: number | undefined;
}

/** What a full pipe takes of a call; its limits of silence are {@link LlmClockOptions}. */
export type KeptCall<Options> = Omit<Options, 'headersTimeout' | 'idleTimeout'> & LlmKeepingOptions;

const { timeout: _timeout, chunkSize: _chunkSize, onComplete: _onComplete, ...someRules } = streamRules;
const { immediateFirst: _immediateFirst, resetAfter: _resetAfter, ...retryRules } = someRules;

/** The rules of {@link LlmKeepingOptions}. A reader of headers stops at one hour, so a wish of more cannot be told from one of an hour. */
export const keepingRules: OptionRules<LlmKeepingOptions> = {
  ...retryRules,
  clocks: instance,
  maxRetryAfter: integer(0, 3_599_999, ' milliseconds'),
};

/** Refuses options that can never work, of a call and of how it is kept. */
export function checkKept<T extends LlmKeepingOptions & { body: object }>(
  where: string,
  rules: OptionRules<T>,
  options: T,
): void {
  checkLlmOptions(where, rules, options);
  checkOptions(`${where}: clocks`, clockRules, options.clocks ?? {});
  checkRetryConfig(where, retryOf(options));
}

/** What a call needs to be kept, with the defaults of this source. */
export function keepingOf(
  wire: LlmWire,
  options: LlmKeepingOptions,
): Pick<LlmCall, 'limits' | 'retry' | 'maxRetryAfter'> {
  const { maxRetryAfter = 120_000 } = options;
  return { limits: clockLimits(wire, options.clocks), retry: retryOf(options), maxRetryAfter };
}

function retryOf(options: LlmKeepingOptions): RetryConfig {
  const { maxRetries = 2, initialBackoff = 500, maxBackoff = Math.max(8_000, initialBackoff), maxElapsed } = options;
  const { maxRetryAfter = 120_000, backoffMultiplier, backoffStep, jitter, schedules, shouldRetry } = options;
  const { retryBudget, circuitBreaker, monitor, random, scheduler } = options;
  const { onConnect, onDisconnect, onReconnect, onError, onWarning } = options;
  return {
    ...{ maxRetries, initialBackoff, maxBackoff, maxElapsed, maxRetryAfter },
    ...{ backoffMultiplier, backoffStep, jitter, schedules, shouldRetry },
    ...{ retryBudget, circuitBreaker, monitor, random, scheduler },
    ...{ onConnect, onDisconnect, onReconnect, onError, onWarning },
  };
}

/** Timers hold no more. Our own clocks watch, and these limits must not come before them. */
const never = 2 ** 31 - 1;

/** The members of a call out of a larger options object. What could not be read may have been a piece of the message, so it ends the stream. */
export function callOf<Body extends object>(options: KeptCall<LlmCallOptions<Body>>): LlmCallOptions<Body> {
  const { body, apiKey, baseUrl, headers, params, chunkSize, maxEventLength } = options;
  const { malformed = 'error', onInvalid, maxMalformedInARow } = options;
  const { fetch, transport, gate, monitor, scheduler } = options;
  return {
    ...{ body, apiKey, baseUrl, headers, params, chunkSize, maxEventLength },
    ...{ malformed, onInvalid, maxMalformedInARow },
    ...{ fetch, transport, gate, monitor, scheduler },
    ...{ headersTimeout: never, idleTimeout: 0 },
  };
}

/** The same for a call of OpenAI's kind. */
export function openaiCallOf<Body extends object>(options: KeptCall<OpenAIOptions<Body>>): OpenAIOptions<Body> {
  const { organization, project, keyHeader } = options;
  return { ...callOf(options), organization, project, keyHeader };
}
