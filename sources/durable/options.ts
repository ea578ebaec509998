import { callback, checkOptions, flag, type OptionRule, type OptionRules } from '../../lib/check-options.js';
import { checkStreamConfig, pickStreamConfig, type StreamConfig, streamRules } from '../../lib/config.js';
import { StreamError } from '../../lib/errors.js';
import { type CheckedRequest, checkRequest, entriesOf, type Lazy, type RequestValues } from '../../lib/request.js';
import type { Transport } from '../../lib/transport.js';

/** What an error handler gives for the next try: merged over the headers and parameters from now on. */
export interface ErrorRecovery {
  headers?: Lazy<RequestValues> | undefined;
  params?: Lazy<RequestValues> | undefined;
}

/**
 * Asked when a request fails in a way that waiting does not cure, first request and mid-session alike: a result tries again with its
 * headers and parameters, `undefined` passes the error on.
 */
export type ErrorHandler = (error: StreamError) => ErrorRecovery | undefined | Promise<ErrorRecovery | undefined>;

/** What every request to a durable stream takes. */
export interface DurableOptions extends Omit<StreamConfig, 'onError'> {
  /** Evaluated for every request. */
  headers?: Lazy<RequestValues> | undefined;
  /** Query parameters, evaluated for every request, sent sorted together with the protocol's own. `offset`, `live` and `cursor` are taken. */
  params?: Lazy<RequestValues> | undefined;
  /** @default undefined (errors pass) */
  onError?: ErrorHandler | undefined;
  /** Sends the requests, in place of the platform. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sends the requests, in place of `fetch`. @default `fetchTransport(fetch)`; in Node, without a `fetch`, one `nodeTransport()` for all */
  transport?: Transport | undefined;
  /** Names such as `token` are refused in `params`: URLs end up in logs. @default false */
  allowSecretInQuery?: boolean | undefined;
}

/** `Headers`, maps and lists would be read as objects without names. */
const valuesRule: OptionRule = {
  expected: 'an object of names and values, or a function that gives one',
  test: (value) =>
    typeof value === 'function' || (typeof value === 'object' && value !== null && !(Symbol.iterator in value)),
};

export const durableRules: OptionRules<DurableOptions> = {
  ...streamRules,
  headers: valuesRule,
  params: valuesRule,
  onError: callback,
  fetch: callback,
  transport: callback,
  allowSecretInQuery: flag,
};

/** Options that can work, for one stream. */
export interface CheckedDurable {
  /** Without query and fragment. */
  readonly url: string;
  /** Of the URL and of the options; the options go before. */
  readonly params: () => RequestValues | Promise<RequestValues>;
  readonly options: DurableOptions;
  /** What all requests have in common. */
  readonly request: CheckedRequest;
  /** The retry policy of calls: the protocol's own schedule, where the options say nothing else. */
  readonly config: StreamConfig;
}

/** What the protocol itself puts into the query. */
const reserved: ReadonlySet<string> = new Set(['offset', 'live', 'cursor']);

/** 100 ms x 1.3^n with full jitter, as the protocol's own clients have it. */
const defaultSchedule: StreamConfig = {
  initialBackoff: 100,
  maxBackoff: 60_000,
  backoffMultiplier: 1.3,
  jitter: 'full',
};

/**
 * Refuses a URL and options that can never work. Only the keys of {@link DurableOptions} are looked at: whoever extends them checks the rest
 * by its own rules, with {@link durableRules} among them.
 *
 * Errors: `TypeError` that names the option.
 */
export function checkDurable(where: string, url: string | URL, options: DurableOptions): CheckedDurable {
  const { headers, params, onError, fetch, transport, allowSecretInQuery } = options;
  const config = pickStreamConfig(options);
  checkStreamConfig(where, config);
  const own = { headers, params, onError, fetch, transport, allowSecretInQuery };
  checkOptions(where, durableRules, own);
  const { url: href } = checkRequest(where, { url, headers, params, allowSecretInQuery });
  const parsed = new URL(href);
  const ofUrl = Object.fromEntries(parsed.searchParams);
  const repeated = [...parsed.searchParams.keys()].find((name) => parsed.searchParams.getAll(name).length > 1);
  if (repeated !== undefined) {
    throw new TypeError(`${where}: the query parameter "${repeated}" must stand once in option "url"`);
  }
  const taken = [...Object.keys(ofUrl), ...namesOf(params)].find((name) => reserved.has(name));
  if (taken !== undefined) {
    throw new TypeError(
      `${where}: the query parameter "${taken}" belongs to the protocol; use the option of that name`,
    );
  }
  const plain = parsed.origin + parsed.pathname;
  const { timeout, chunkSize, scheduler } = config;
  const shared = { chunkSize, scheduler, fetch, transport, allowSecretInQuery };
  return {
    url: plain,
    params: params === undefined ? () => ofUrl : async () => ({ ...ofUrl, ...(await paramsOf(params)) }),
    options: own,
    request: {
      ...checkRequest(where, { ...shared, url: plain }),
      ...{ headersTimeout: timeout, idleTimeout: timeout },
    },
    // The handler has the name of a lifecycle callback, and would be asked about every failure that a retry cures.
    // A call that is over must not be made again, and a read knows itself when it is.
    config: { ...defaultSchedule, ...defined({ ...config, onError: undefined }), onComplete: 'complete' },
  };
}

/** The values of now; functions inside stay as they are. Errors: `bad_header` for what is no plain object. */
export async function valuesOf(values: Lazy<RequestValues> | undefined): Promise<RequestValues> {
  const given = typeof values === 'function' ? await values() : values;
  return Object.fromEntries(entriesOf(given));
}

/** The same for parameters. Errors: `bad_url` for a name that belongs to the protocol: the server would read it as our own. */
export async function paramsOf(values: Lazy<RequestValues> | undefined): Promise<RequestValues> {
  const params = await valuesOf(values);
  const taken = Object.keys(params).find((name) => reserved.has(name));
  if (taken === undefined) return params;
  throw new StreamError(`the query parameter "${taken}" belongs to the protocol; use the option of that name`, {
    ...{ errorType: 'fatal_error', code: 'bad_url', phase: 'request' },
  });
}

function namesOf(params: Lazy<RequestValues> | undefined): string[] {
  return typeof params === 'object' ? Object.keys(params) : [];
}

/** `undefined` means the default, so it must not cover one. */
function defined<T extends object>(options: T): Partial<T> {
  const filled: Partial<T> = {};
  for (const key of keysOf(options)) if (options[key] !== undefined) filled[key] = options[key];
  return filled;
}

function keysOf<T extends object>(of: T): (keyof T)[] {
  const keys: (keyof T)[] = [];
  for (const key in of) keys.push(key);
  return keys;
}
