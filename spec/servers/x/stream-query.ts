import { powerPath, type StreamEndpoint } from './endpoints.js';
import { listedFields } from './fields.js';
import type { ParameterError } from './problems.js';
import type { Shape } from './projection.js';

/** A stream request's parameters, checked. */
export interface StreamQuery {
  readonly backfillMs: number;
  /** A replay of the past, in epoch milliseconds, that ends. */
  readonly replay?: { readonly from: number; readonly to: number };
  /** From 1; 0 where the stream has no partitions. */
  readonly partition: number;
  readonly shape: Shape;
  /** Powerstream only: begin with a line of metadata. */
  readonly localDcOnly: boolean;
}

export type ReadQuery =
  | { readonly ok: true; readonly query: StreamQuery }
  | { readonly ok: false; readonly errors: readonly ParameterError[] };

const day = 86_400_000;

/** Checks what X checks: unknown names and values, ranges, the required partition, times. */
export function readStreamQuery(endpoint: StreamEndpoint, params: URLSearchParams, now: number): ReadQuery {
  const names = endpoint.path === powerPath ? powerNames : commonNames;
  const reader = parameterReader(params);
  const query = {
    backfillMs: reader.integer(names.backfill, 0, 5, 0) * 60_000,
    partition: endpoint.partitions === 0 ? 0 : reader.integer('partition', 1, endpoint.partitions, undefined),
    localDcOnly: names.localDcOnly !== undefined && reader.flag(names.localDcOnly),
    shape: readShape(endpoint, reader),
  };
  const replay = endpoint.replay ? readReplay(reader, names, now) : undefined;
  if (replay !== undefined && query.backfillMs > 0)
    reader.refuse(names.backfill, 'cannot be combined with a start time');
  reader.refuseOthers();
  if (reader.errors.length > 0) return { ok: false, errors: reader.errors };
  return { ok: true, query: { ...query, ...(replay && { replay }) } };
}

interface Names {
  readonly backfill: string;
  readonly start: string;
  readonly end: string;
  readonly localDcOnly?: string;
}

const commonNames: Names = { backfill: 'backfill_minutes', start: 'start_time', end: 'end_time' };
const powerNames: Names = {
  backfill: 'backfillMinutes',
  start: 'startTime',
  end: 'endTime',
  localDcOnly: 'localDcOnly',
};

function readReplay(reader: ParameterReader, { start, end }: Names, now: number): StreamQuery['replay'] {
  const from = reader.time(start);
  const to = reader.time(end) ?? now;
  if (from === undefined) {
    if (reader.has(end)) reader.refuse(end, `needs ${start}`);
    return undefined;
  }
  if (from >= to) reader.refuse(start, `must be before ${end}`);
  if (from < now - day) reader.refuse(start, 'must be within the last 24 hours');
  return { from, to };
}

function readShape(endpoint: StreamEndpoint, reader: ParameterReader): Shape {
  const lists = Array.from(listedFields(endpoint.fields), ([name, known]) => [name, reader.list(name, known)] as const);
  const asked = new Map(lists);
  const of = (name: string): ReadonlySet<string> => asked.get(name) ?? new Set();
  return {
    tweet: of('tweet.fields'),
    user: of('user.fields'),
    media: of('media.fields'),
    like: of('like_with_tweet_author.fields'),
    expansions: of('expansions'),
    key: lists.map(([name, values]) => `${name}=${[...values].sort().join()}`).join('&'),
  };
}

/** Reads parameters one by one, remembers which were read, and collects complaints in X's words. */
export interface ParameterReader {
  readonly errors: readonly ParameterError[];
  has(name: string): boolean;
  /** `fallback` `undefined`: the parameter is required. */
  integer(name: string, min: number, max: number, fallback: number | undefined): number;
  flag(name: string): boolean;
  time(name: string): number | undefined;
  list(name: string, known: ReadonlySet<string> | undefined): ReadonlySet<string>;
  text(name: string): string | undefined;
  refuse(name: string, why: string): void;
  /** To be called last: complains of every parameter that nobody read. */
  refuseOthers(): void;
}

export function parameterReader(params: URLSearchParams): ParameterReader {
  const errors: ParameterError[] = [];
  const read = new Set<string>();
  const get = (name: string): string | undefined => {
    read.add(name);
    const values = params.getAll(name);
    if (values.length > 1) refuse(name, 'is given more than once; lists are joined by commas');
    return values[0];
  };
  const refuse = (name: string, why: string): void => {
    errors.push({ message: `The query parameter [${name}] ${why}.`, parameters: { [name]: params.getAll(name) } });
  };
  return {
    errors,
    refuse,
    has: (name) => params.has(name),
    text: get,
    integer(name, min, max, fallback) {
      const value = get(name);
      if (value === undefined && fallback !== undefined) return fallback;
      const number = /^\d{1,9}$/.test(value ?? '') ? Number(value) : NaN;
      if (number >= min && number <= max) return number;
      refuse(name, value === undefined ? 'is required' : `must be a whole number from ${min} to ${max}`);
      return min;
    },
    flag(name) {
      const value = get(name);
      if (value !== undefined && value !== 'true' && value !== 'false') refuse(name, 'must be true or false');
      return value === 'true';
    },
    time(name) {
      const value = get(name);
      if (value === undefined) return undefined;
      const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? Date.parse(value) : NaN;
      if (Number.isNaN(time)) refuse(name, 'is not a time of the form YYYY-MM-DDTHH:mm:ssZ');
      return Number.isNaN(time) ? undefined : time;
    },
    list(name, known) {
      const values = new Set((get(name) ?? '').split(',').filter((value) => value !== ''));
      const unknown = [...values].filter((value) => known !== undefined && !known.has(value));
      if (unknown.length > 0) refuse(name, `has values that are not listed: ${unknown.join(', ')}`);
      return values;
    },
    refuseOthers() {
      for (const name of new Set(params.keys())) if (!read.has(name)) refuse(name, 'is not one of those known here');
    },
  };
}
