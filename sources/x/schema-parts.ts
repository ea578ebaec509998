import * as z from 'zod';
import type { Metrics } from './post.js';

/**
 * A member that may be absent. X writes no nulls by its own convention, yet describes members as nullable: `null` counts as
 * absent, so that it refuses nothing and the types stay plain.
 */
export function maybe<Output>(schema: z.ZodType<Output>): z.ZodOptional<z.ZodType<Output | undefined>> {
  return z.optional(z.nullable(schema).transform((value) => value ?? undefined));
}

export const text: z.ZodOptional<z.ZodType<string | undefined>> = maybe(z.string());
export const count: z.ZodOptional<z.ZodType<number | undefined>> = maybe(z.number());
export const flag: z.ZodOptional<z.ZodType<boolean | undefined>> = maybe(z.boolean());
export const texts: z.ZodOptional<z.ZodType<string[] | undefined>> = maybe(z.array(z.string()));
export const numbers: z.ZodOptional<z.ZodType<number[] | undefined>> = maybe(z.array(z.number()));
/** Whatever X makes of it. */
export const anyArray: z.ZodOptional<z.ZodType<unknown[] | undefined>> = maybe(z.array(z.unknown()));
export const anyObject: z.ZodOptional<z.ZodType<Record<string, unknown> | undefined>> = maybe(
  z.record(z.string(), z.unknown()),
);
export const metrics: z.ZodOptional<z.ZodType<Metrics | undefined>> = maybe(z.record(z.string(), z.number()));
