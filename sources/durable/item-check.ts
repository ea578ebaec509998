import { callback, instance, type OptionRules } from '../../lib/check-options.js';
import type { Decoded, Malformed } from '../../lib/decode.js';
import { type MalformedOptions, malformedPolicy, malformedRules } from '../../lib/malformed-policy.js';
import { type Schema, validate } from '../../lib/schema.js';
import type { StreamReporter } from '../../lib/state.js';
import { DurableStreamError } from './errors.js';
import { type DurablePlace, resumePlace } from './parts.js';

/** What messages of a JSON stream must be, and what becomes of those that are not. One of `schema` and `decode`, or neither. */
export interface DurableItemChecks<T = unknown> extends MalformedOptions {
  /** Its output is the value. @default no check */
  schema?: Schema<T> | undefined;
  /** What it returns is the value; a message on which it throws is malformed. @default no check */
  decode?: ((value: unknown) => T) | undefined;
  /**
   * `report` leaves a message that does not fit out, counts it in the monitor and calls `onInvalid`; `error` ends the reading there, with
   * what `decode` has thrown as the `cause`.
   * @default 'report'; `'error'` for what `stream` and `readAll` give, unless `onInvalid` is there to be told
   */
  malformed?: 'report' | 'error' | undefined;
}

export const itemCheckRules: OptionRules<DurableItemChecks<never>> = {
  ...malformedRules,
  schema: instance,
  decode: callback,
};

/** The checks among other options. */
export function itemChecksOf<T>({
  schema,
  decode,
  malformed,
  onInvalid,
  maxMalformedInARow,
}: DurableItemChecks<T>): DurableItemChecks<T> {
  return { schema, decode, malformed, onInvalid, maxMalformedInARow };
}

/** For whoever takes the result for the whole: nobody would miss what is left out. */
export function strictChecks(checks: DurableItemChecks): DurableItemChecks {
  const { onInvalid, malformed = onInvalid === undefined ? 'error' : 'report' } = checks;
  return { ...checks, malformed };
}

/** All other options. */
export function withoutChecks<T extends DurableItemChecks>(options: T): Omit<T, keyof DurableItemChecks> {
  const { schema: _s, decode: _d, malformed: _m, onInvalid: _o, maxMalformedInARow: _r, ...others } = options;
  return others;
}

/** Errors: `TypeError` for both ways of checking at once, and for checks of what is no JSON. */
export function refuseSenselessChecks(where: string, checks: DurableItemChecks, mode: string | undefined): void {
  const { schema, decode } = checks;
  if (schema !== undefined && decode !== undefined) {
    throw new TypeError(`${where}: give one of the options "schema" and "decode"`);
  }
  const given = Object.entries(checks).find(([, value]) => value !== undefined);
  if (given !== undefined && mode !== undefined && mode !== 'json') {
    throw new TypeError(
      `${where}: option "${given[0]}" is for messages of JSON streams; leave it out with mode "${mode}"`,
    );
  }
}

/** The value of a message, or the message that says why there is none, with what the caller's own function has thrown. */
export type ItemCheck = (value: unknown) => Decoded<unknown> & { readonly cause?: unknown };

/** `undefined` where every value fits. */
export function itemCheck({ schema, decode }: DurableItemChecks): ItemCheck | undefined {
  if (schema !== undefined) {
    return (value) => {
      const checked = validate(schema, value);
      return checked.ok ? checked : { ok: false, problem: misfit(value, checked.message, checked.path) };
    };
  }
  if (decode === undefined) return undefined;
  return (value) => {
    try {
      return { ok: true, value: decode(value) };
    } catch (cause) {
      // What it has thrown may quote the message, so it is in no text.
      return { ok: false, problem: misfit(value, 'decode has thrown', undefined), cause };
    }
  };
}

/** What has become of a value: it fits, or it is told of and left out; with a reason where the stream must end. */
export type Sifted =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: ItemRefusal | undefined };

/** Why a message ends its stream. */
export interface ItemRefusal {
  readonly message: string;
  readonly cause: unknown;
}

/** One subscription's checks at work. `undefined` where every value fits. */
export function itemSieve(
  checks: DurableItemChecks,
  report: StreamReporter | undefined,
): ((value: unknown) => Sifted) | undefined {
  const check = itemCheck(checks);
  if (check === undefined) return undefined;
  const policy = malformedPolicy(checks, report);
  return (value) => {
    const checked = check(value);
    if (checked.ok) {
      policy.good();
      return checked;
    }
    const error = policy.bad(checked.problem);
    return { ok: false, refusal: error && { message: error.message, cause: checked.cause } };
  };
}

/** The error of a message that ends its stream; `place` is its own. */
export function refusedItem({ message, cause }: ItemRefusal, place: DurablePlace): DurableStreamError {
  const offset = resumePlace(place);
  return new DurableStreamError(message, {
    ...{ errorType: 'fatal_error', code: 'malformed', phase: 'body' },
    ...{ offset, cause },
  });
}

function misfit(value: unknown, message: string, path: string | undefined): Malformed {
  const raw = (): string => textOf(value);
  const told = path === undefined ? {} : { path };
  return {
    type: 'malformed',
    code: 'schema_mismatch',
    message,
    ...told,
    // Measured when asked for: writing the value again costs as much as reading it.
    get length() {
      return raw().length;
    },
    raw,
  };
}

/** Levels beyond some thousands are more than `JSON.stringify` can write. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}
