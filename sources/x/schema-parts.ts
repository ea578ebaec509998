import * as z from 'zod';
import type { Schema, SchemaResult } from '../../lib/schema.js';
import type { Metrics } from './post.js';

/** A member that may be absent. */
export function maybe<Output>(schema: z.ZodType<Output>): z.ZodOptional<z.ZodType<Output>> {
  return z.optional(schema);
}

export const text: z.ZodOptional<z.ZodType<string>> = maybe(z.string());
export const count: z.ZodOptional<z.ZodType<number>> = maybe(z.number());
export const flag: z.ZodOptional<z.ZodType<boolean>> = maybe(z.boolean());
export const texts: z.ZodOptional<z.ZodType<string[]>> = maybe(z.array(z.string()));
export const numbers: z.ZodOptional<z.ZodType<number[]>> = maybe(z.array(z.number()));
/** Whatever X makes of it. */
export const anyArray: z.ZodOptional<z.ZodType<unknown[]>> = maybe(z.array(z.unknown()));
export const anyObject: z.ZodOptional<z.ZodType<Record<string, unknown>>> = maybe(z.record(z.string(), z.unknown()));
export const metrics: z.ZodOptional<z.ZodType<Metrics>> = maybe(z.record(z.string(), z.number()));

/**
 * The schema that a program is given: `null` counts as absent. X writes no nulls by its own convention, yet describes members as
 * nullable. Taking them in every member would double the price of every item, so they are taken out of what was refused.
 */
export function withoutNulls<Output>(schema: z.ZodType<Output>): Schema<Output> {
  const { validate } = schema['~standard'];
  return {
    '~standard': {
      version: 1,
      vendor: 'tailrace',
      validate: (value): SchemaResult<Output> | Promise<SchemaResult<Output>> => {
        const result = validate(value);
        if (result instanceof Promise || result.issues === undefined) return result;
        return validate(dropNulls(value, 0));
      },
    },
  };
}

/** Nothing that X describes lies deeper; what does is left as it is, or a hostile line would exhaust the stack. */
const maxDepth = 64;

function dropNulls(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => dropNulls(item, depth + 1));
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([name, member]) => [name, dropNulls(member, depth + 1)]));
}
