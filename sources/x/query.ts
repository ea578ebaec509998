import { checkOption, flag, integer, type OptionRule } from '../../lib/check-options.js';
import { endpointOf, type StreamEndpoint, type XStreamName } from './endpoints.js';

/** One option: its name on the wire, what it may be, how it is written. */
interface Parameter {
  readonly wireName: string;
  readonly rule: OptionRule;
  write(value: unknown): string | undefined;
}

const names: OptionRule = {
  expected: 'an array of field names (letters, digits, "_" and ".")',
  test: (value) =>
    Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[A-Za-z0-9_.]{1,100}$/.test(name)),
};

/** Without a zone, text would mean the local time of whichever machine reads it. */
const isoWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

const time: OptionRule = {
  expected: 'a valid Date, or ISO 8601 text with a zone such as 2026-01-31T00:00:00Z',
  test: (value) => epochOf(value) !== undefined,
};

const postFields: Readonly<Record<string, Parameter>> = {
  tweetFields: list('tweet.fields'),
  expansions: list('expansions'),
  mediaFields: list('media.fields'),
  pollFields: list('poll.fields'),
  userFields: list('user.fields'),
  placeFields: list('place.fields'),
};

const likeStreamFields: Readonly<Record<string, Parameter>> = {
  likeFields: list('like_with_tweet_author.fields'),
  expansions: list('expansions'),
  userFields: list('user.fields'),
  tweetFields: list('tweet.fields'),
  mediaFields: list('media.fields'),
};

/**
 * The query of a stream: arrays joined by commas into one parameter, times as `YYYY-MM-DDTHH:mm:ssZ`; what is not set is
 * `undefined`. A beginning is rounded down to the second and an end up, so that a replay never starts late or stops early.
 *
 * Errors: `TypeError` that names stream and option, for an option that the stream does not have or cannot take.
 */
export function streamQuery(name: XStreamName, options: object): Record<string, string | undefined> {
  const parameters = parametersOf(name);
  const where = `X stream "${name}"`;
  const query: Record<string, string | undefined> = {};
  const given = new Map<string, unknown>(Object.entries<unknown>({ ...options }));
  for (const [option, value] of given) {
    const parameter = parameters.get(option);
    if (parameter === undefined) {
      throw new TypeError(`${where} has no option "${option}"; it has ${[...parameters.keys()].join(', ')}`);
    }
    checkOption(`${where}: option "${option}"`, parameter.rule, value);
    query[parameter.wireName] = value === undefined ? undefined : parameter.write(value);
  }
  requirePartition(where, parameters, given);
  checkOrder(where, given);
  return query;
}

/** The options that {@link streamQuery} takes for a stream, in a fixed order. */
export function queryOptionsOf(name: XStreamName): string[] {
  return [...parametersOf(name).keys()];
}

function parametersOf(name: XStreamName): Map<string, Parameter> {
  const endpoint = endpointOf(name);
  // Powerstream alone spells its parameters in camel case.
  const camel = name === 'powerstream';
  const parameters = new Map<string, Parameter>();
  if (endpoint.partitions !== undefined) parameters.set('partition', whole('partition', 1, endpoint.partitions));
  if (endpoint.backfill) parameters.set('backfillMinutes', whole(camel ? 'backfillMinutes' : 'backfill_minutes', 0, 5));
  if (endpoint.replay) {
    parameters.set('startTime', moment(camel ? 'startTime' : 'start_time', Math.floor));
    parameters.set('endTime', moment(camel ? 'endTime' : 'end_time', Math.ceil));
  }
  if (camel) parameters.set('localDcOnly', { wireName: 'localDcOnly', rule: flag, write: String });
  for (const [option, parameter] of Object.entries(fieldsOf(endpoint))) parameters.set(option, parameter);
  return parameters;
}

function fieldsOf({ fields }: StreamEndpoint): Readonly<Record<string, Parameter>> {
  if (fields === 'none') return {};
  return fields === 'post' ? postFields : likeStreamFields;
}

function requirePartition(
  where: string,
  parameters: ReadonlyMap<string, Parameter>,
  given: ReadonlyMap<string, unknown>,
): void {
  const partition = parameters.get('partition');
  if (partition !== undefined && given.get('partition') === undefined) {
    throw new TypeError(`${where}: option "partition" is required: ${partition.rule.expected}`);
  }
}

function checkOrder(where: string, given: ReadonlyMap<string, unknown>): void {
  const start = epochOf(given.get('startTime'));
  const end = epochOf(given.get('endTime'));
  if (start !== undefined && end !== undefined && start >= end) {
    throw new TypeError(`${where}: option "startTime" must be before "endTime"`);
  }
}

function whole(wireName: string, min: number, max: number): Parameter {
  return { wireName, rule: integer(min, max), write: String };
}

function list(wireName: string): Parameter {
  return {
    wireName,
    rule: names,
    // X answers an empty parameter with 400.
    write: (value) => (Array.isArray(value) && value.length > 0 ? value.join(',') : undefined),
  };
}

function moment(wireName: string, round: (seconds: number) => number): Parameter {
  return {
    wireName,
    rule: time,
    write: (value) => {
      const epoch = epochOf(value);
      if (epoch === undefined) return undefined;
      return new Date(round(epoch / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
    },
  };
}

/** Years beyond 9999 have no spelling that X takes. */
const lastEpoch = Date.UTC(9999, 0);

function epochOf(value: unknown): number | undefined {
  const epoch = value instanceof Date ? value.getTime() : parseIso(value);
  return epoch >= 0 && epoch < lastEpoch ? epoch : undefined;
}

function parseIso(value: unknown): number {
  return typeof value === 'string' && isoWithZone.test(value) ? Date.parse(value) : Number.NaN;
}
