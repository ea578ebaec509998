import * as z from 'zod';
import { type Schema, validate } from '../../lib/schema.js';
import { EventStreamerError } from './errors.js';

/** A member that may be absent. `null` counts as absent: the service's models write it for what is not there. */
export function maybe<Output>(schema: z.ZodType<Output>): z.ZodType<Output | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

export const text: z.ZodType<string | undefined> = maybe(z.string());
export const number: z.ZodType<number | undefined> = maybe(z.number());
export const flag: z.ZodType<boolean | undefined> = maybe(z.boolean());
export const texts: z.ZodType<string[] | undefined> = maybe(z.array(z.string()));

/** What the service sends beside what is known: unread. */
export const anyObject: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown());

/** An empty answer (204) counts as one that says nothing. */
export function orEmpty<Output>(schema: z.ZodType<Output>): z.ZodType<Output> {
  return z.preprocess((value) => value ?? {}, schema);
}

/**
 * Reads an answer by a schema, for `ChainCall.read`. Errors: `fatal_error` with `malformed`, whose message names the place and never the
 * text.
 */
export function readBy<T>(schema: Schema<T>, operation: string): (value: unknown) => T {
  return (value) => {
    const checked = validate(schema, value);
    if (checked.ok) return checked.value;
    const message = `${operation}: the answer is not what it should be: ${checked.message}`;
    throw new EventStreamerError(message, { errorType: 'fatal_error', code: 'malformed', phase: 'body', operation });
  };
}
