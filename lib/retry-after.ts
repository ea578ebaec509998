/** The part of `Headers` that is read here. */
export interface HeaderReader {
  get(name: string): string | null;
  /** All of them, names in lower case, where the transport can list them. */
  entries?(): Iterable<[string, string]>;
}

/** The clock, and the longest wait that is taken. */
export interface RetryAfterOptions {
  /** The local wall clock, in milliseconds since 1970. @default Date.now() */
  now?: number | undefined;
  /** No server makes us wait longer than this, in milliseconds. @default 3_600_000 */
  cap?: number | undefined;
}

/** One hour: beyond that a person should know, and `maxElapsed` or a fatal error is the better answer. */
const defaultCap = 3_600_000;

/**
 * How long the server asks us to wait, in milliseconds, from the most exact header to the vaguest: `retry-after-ms`,
 * `Retry-After` (RFC 9110 10.2.3: seconds or an HTTP date; Go durations such as `1m30s` are seen too),
 * `x-rate-limit-reset` and `x-ratelimit-reset` (epoch seconds), `RateLimit-Reset` (seconds, draft-ietf-httpapi-ratelimit-headers).
 *
 * Points in time are compared with the server's own `Date` header, so that a wrong local clock changes nothing. Garbage
 * and the past are ignored. `undefined` when the server says nothing usable.
 */
export function readRetryAfter(headers: HeaderReader, options: RetryAfterOptions = {}): number | undefined {
  const wait = readDirectWait(headers, options) ?? readReset(headers, options);
  return wait === undefined ? undefined : Math.min(wait, options.cap ?? defaultCap);
}

/** Only what asks for this one answer to be retried; the rate-limit headers stand on good answers too. */
export function readDirectWait(headers: HeaderReader, options: RetryAfterOptions = {}): number | undefined {
  const { cap = defaultCap } = options;
  const exact = plainNumber(headers.get('retry-after-ms'));
  const wait = exact === undefined ? retryAfter(headers, options) : Math.ceil(exact);
  return wait === undefined ? undefined : Math.min(wait, cap);
}

function retryAfter(headers: HeaderReader, options: RetryAfterOptions): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = plainNumber(value);
  if (seconds !== undefined) return Math.ceil(seconds * 1_000);
  return parseGoDuration(value) ?? untilDate(parseDate(value), headers, options);
}

function readReset(headers: HeaderReader, options: RetryAfterOptions): number | undefined {
  for (const name of ['x-rate-limit-reset', 'x-ratelimit-reset', 'ratelimit-reset']) {
    const value = headers.get(name);
    const seconds = plainNumber(value);
    if (seconds === undefined) {
      const wait = value === null ? undefined : parseGoDuration(value);
      if (wait !== undefined) return wait;
    } else {
      // Below 10^9 it cannot be a time of this century: it is a number of seconds to wait.
      if (seconds < 1e9) return Math.ceil(seconds * 1_000);
      // Above 10^11 it cannot be seconds of this millennium: it is milliseconds.
      return untilDate(seconds < 1e11 ? seconds * 1_000 : seconds, headers, options);
    }
  }
  return undefined;
}

function untilDate(time: number, headers: HeaderReader, { now = Date.now() }: RetryAfterOptions): number | undefined {
  if (Number.isNaN(time)) return undefined;
  const serverNow = parseDate(headers.get('date') ?? '');
  const wait = time - (Number.isNaN(serverNow) ? now : serverNow);
  return wait < 0 ? undefined : wait;
}

/** The three forms of RFC 9110 5.6.7, all of them GMT, and ISO 8601. `Date.parse` alone finds a date in `try 2070`. */
function parseDate(value: string): number {
  const trimmed = value.trim();
  if (/^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/.test(trimmed)) return Date.parse(trimmed);
  if (!/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? [\w :-]{14,40}$/i.test(trimmed)) return Number.NaN;
  return Date.parse(/ (?:GMT|UTC)$/i.test(trimmed) ? trimmed : `${trimmed} GMT`);
}

/** Any number of digits: what is too long to be meant is still a wish to wait, and is capped. */
function plainNumber(value: string | null): number | undefined {
  return value !== null && /^\d{1,300}(?:\.\d{1,300})?$/.test(value.trim()) ? Number(value) : undefined;
}

const unitLength: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Reads a duration as Go prints it (`1h2m3.5s`, `120ms`), in milliseconds; `undefined` for anything else. */
export function parseGoDuration(value: string): number | undefined {
  const trimmed = value.trim();
  const part = /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g;
  if (trimmed === '' || trimmed.length > 40 || trimmed.replace(part, '') !== '') return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(part)) total += Number(amount) * (unitLength[unit ?? ''] ?? 0);
  return Math.ceil(total);
}
