import { baseUrlRule } from '../../lib/base-url.js';
import type { SchedulerLike } from 'rxjs';
import {
  callback,
  checkOptions,
  duration,
  instance,
  integer,
  type OptionRule,
  type OptionRules,
  requireOption,
} from '../../lib/check-options.js';
import { type MalformedOptions, malformedRules } from '../../lib/malformed-policy.js';
import type { ReadGate } from '../../lib/read-gate.js';
import type { Lazy, RequestValues, StreamRequest } from '../../lib/request.js';
import type { StreamMonitor } from '../../lib/state.js';
import type { Transport } from '../../lib/transport.js';
import { environment, keyRule, type LlmKey } from './credentials.js';

/** What every call takes, of whatever provider. `Body` is what the provider wants to be asked. */
export interface LlmCallOptions<Body extends object> extends MalformedOptions {
  /** The request as the provider documents it. Fields that are not typed here pass through; `stream: true` is set by us. Written as JSON when the source is made. */
  body: Body;
  /** Sent as the provider wants it; see {@link LlmKey}. @default the provider's environment variable */
  apiKey?: LlmKey | undefined;
  /** http or https; a path in it is kept. The key is sent wherever it leads. @default the provider's environment variable, else its own address */
  baseUrl?: string | undefined;
  /** Sent beside our own, and in their place where the names are the same. An `authorization`, `x-api-key` or `api-key` stands in for the key. @default {} */
  headers?: RequestValues | undefined;
  /** Query parameters, as Azure's `api-version`. @default {} */
  params?: Lazy<RequestValues> | undefined;
  /** How long headers may take, in milliseconds. Servers that read the whole prompt first take long. @default 60_000 */
  headersTimeout?: number | undefined;
  /**
   * How long the body may be silent, pings and comments being no silence, in milliseconds; 0 for no limit of ours. A provider that holds
   * back tool input, or thinks unseen, is silent for minutes. @default 300_000
   */
  idleTimeout?: number | undefined;
  /** Largest piece of a body handed down, in bytes. @default unlimited */
  chunkSize?: number | undefined;
  /** Largest event, in bytes. A whole image may come in one. @default 67_108_864 */
  maxEventLength?: number | undefined;
  /** Sends the requests, in place of the platform. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sends the requests, in place of `fetch`. @default `fetchTransport(fetch)`; in Node, without a `fetch`, one `nodeTransport()` for all */
  transport?: Transport | undefined;
  /** Closed while the consumer is full: nothing is read then, and the idle limit stands still. */
  gate?: ReadGate | undefined;
  monitor?: StreamMonitor | undefined;
  /** Timers, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** One request for one stream of events, and how its events are read. Made by `anthropicRequest`, `chatRequest`, `responsesRequest`. */
export interface LlmRequest extends StreamRequest, MalformedOptions {
  /** Largest event, in bytes. @default 67_108_864 */
  maxEventLength?: number | undefined;
}

const plainObject: OptionRule = {
  expected: 'an object of names and values',
  test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** The rules of {@link LlmCallOptions}, for providers that take more. */
export const llmRules: OptionRules<LlmCallOptions<object>> = {
  ...malformedRules,
  body: plainObject,
  apiKey: keyRule,
  baseUrl: baseUrlRule,
  headers: plainObject,
  params: instance,
  headersTimeout: duration(1),
  idleTimeout: duration(0, ' (0 for none)'),
  chunkSize: integer(1),
  maxEventLength: integer(1),
  fetch: callback,
  transport: callback,
  gate: instance,
  monitor: instance,
  scheduler: instance,
};

const defaultHeadersTimeout = 60_000;
const defaultIdleTimeout = 300_000;

/** Refuses options that can never work. Errors: `TypeError` that names the option, never a secret. */
export function checkLlmOptions<T extends { body: object }>(where: string, rules: OptionRules<T>, options: T): void {
  checkOptions(where, rules, options);
  // Callers in plain JavaScript.
  const { body }: { body?: unknown } = options;
  requireOption(where, 'body', body);
}

/**
 * The address to call, without a slash at the end, and whether it is the provider's own.
 *
 * Errors: `TypeError` for a variable that holds no URL; it is named, not quoted.
 */
export function baseUrlOf(
  where: string,
  given: string | undefined,
  { variable, vendor }: { readonly variable: string; readonly vendor: string },
): { readonly url: string; readonly isVendor: boolean } {
  const url = (given ?? environment(variable) ?? vendor).replace(/\/+$/, '');
  if (!baseUrlRule.test(url)) {
    throw new TypeError(`${where}: the variable ${variable} must be ${baseUrlRule.expected}`);
  }
  return { url, isVendor: new URL(url).host === new URL(vendor).host };
}

/** The request body as text. Errors: `TypeError` for what JSON cannot hold: a cycle, a `bigint`, too many levels. */
export function jsonBody(where: string, body: object): string {
  try {
    return JSON.stringify(body);
  } catch {
    // The engine's own words name members of the body.
    throw new TypeError(`${where}: option "body" must be an object that can be written as JSON`);
  }
}

/** The part of a request that is the same for all providers. */
export function callRequest(options: LlmCallOptions<object>): Omit<LlmRequest, 'url' | 'body'> {
  const { headersTimeout = defaultHeadersTimeout, idleTimeout = defaultIdleTimeout, params, chunkSize } = options;
  const { malformed, onInvalid, maxMalformedInARow, maxEventLength } = options;
  const { fetch, transport, gate, monitor, scheduler } = options;
  return {
    ...{ headersTimeout, idleTimeout, params, chunkSize },
    ...{ malformed, onInvalid, maxMalformedInARow, maxEventLength },
    ...{ fetch, transport, gate, monitor, scheduler },
  };
}

/** A key that the provider's own address cannot do without. A local server may well have none. */
export function missingKey(where: string, option: string, variable: string): TypeError {
  return new TypeError(`${where}: option "${option}" is missing, and so is the environment variable ${variable}`);
}
