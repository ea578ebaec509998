/**
 * The part of Standard Schema v1 (https://standardschema.dev) that the toolkit uses; zod 4, valibot and arktype fit.
 *
 * Public types name this and never `z.ZodType`: an application with a second copy of zod would make the compiler
 * compare both libraries member by member, which takes minutes.
 */
export interface Schema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value, as the schema says it. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A checked value, or where and why it is none. */
export type Validated<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly path: string; readonly message: string };

/** What a message about a server's data may take of a log. */
const longestMessage = 200;

/**
 * Checks a value at once, and tells the first place where it does not fit, as in `At data.includes[0].id: expected string`.
 *
 * Messages have at most 200 characters and quote no values: of zod's only the first line is passed on, which names types
 * and the schema's own limits; of other libraries, whose messages quote what they got, only the place.
 *
 * A value on which the schema throws is one that does not fit.
 *
 * Errors: a `TypeError` for what is no schema, and for one that answers with a promise. zod does so, too, when a transform has thrown:
 * let it add an issue to its context instead.
 *
 * @example
 * import { validate } from 'tailrace';
 * import * as z from 'zod';
 *
 * const checked = validate(z.object({ id: z.string() }), { id: 1 });
 * console.log(checked.ok ? checked.value.id : checked.message);
 */
export function validate<T>(schema: Schema<T>, value: unknown): Validated<T> {
  const { vendor, validate: check } = schema['~standard'];
  let result: SchemaResult<T> | Promise<SchemaResult<T>>;
  try {
    result = check(value);
  } catch {
    // Not what it has thrown: that may quote the value.
    return { ok: false, path: '', message: 'the schema has thrown' };
  }
  if ('then' in result) {
    // Nobody will look at it: its failure must not become an unhandled rejection.
    result.then(undefined, () => undefined);
    throw new TypeError(
      'the schema answers with a promise; use one without asynchronous checks and transforms, and with zod without transforms that throw',
    );
  }
  if (result.issues === undefined) return { ok: true, value: result.value };
  const issue = result.issues[0];
  const path = clip(pathText(issue?.path ?? []));
  const reason = (vendor === 'zod' ? reasonOf(issue?.message) : undefined) ?? 'does not fit the schema';
  return { ok: false, path, message: clip(`At ${path === '' ? 'the top level' : path}: ${reason}`) };
}

/** `data.includes[0].id`; keys that are no names stand in quotes. */
function pathText(path: NonNullable<SchemaIssue['path']>): string {
  let text = '';
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (typeof key === 'number' || (typeof key === 'string' && /^\d{1,15}$/.test(key))) text += `[${key}]`;
    else if (typeof key === 'string' && /^[\w$]{1,64}$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${quoted(String(key))}]`;
  }
  return text;
}

/** A server's key must neither break a log line nor turn its direction. */
function quoted(key: string): string {
  return JSON.stringify(key.slice(0, longestMessage)).replace(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** zod lists unknown keys by name, and keys are the server's text. */
function reasonOf(message: string | undefined): string | undefined {
  const line = message?.split('\n', 1)[0]?.replace(/^Invalid input: /, '');
  return line?.startsWith('Unrecognized key') === true ? 'unrecognized key' : line;
}

function clip(text: string): string {
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage - 1)}…`;
}
