import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { type Schema, type SchemaIssue, validate } from '../../lib/schema.js';

const canary = 'SECRET-CANARY';

/** A schema of another library that finds the issue in everything. */
function failing(issue: SchemaIssue, vendor = 'other'): Schema<never> {
  return { '~standard': { version: 1, vendor, validate: () => ({ issues: [issue] }) } };
}

function message<T>(schema: Schema<T>, value: unknown): string {
  const checked = validate(schema, value);
  return checked.ok ? 'ok' : checked.message;
}

describe('validate', () => {
  it('gives the output of the schema', () => {
    const schema = z.object({ at: z.string().transform((text) => text.length) });
    expect(validate(schema, { at: 'four', more: 1 })).toEqual({ ok: true, value: { at: 4 } });
  });

  it('tells the path as one would write it', () => {
    const schema = z.object({ data: z.object({ includes: z.array(z.object({ id: z.string() })) }) });
    expect(validate(schema, { data: { includes: [{ id: 5 }] } })).toEqual({
      ok: false,
      path: 'data.includes[0].id',
      message: 'At data.includes[0].id: expected string, received number',
    });
    expect(message(schema, [])).toBe('At the top level: expected object, received array');
  });

  it('puts keys that are no names in quotes, without signs that a log would obey', () => {
    const path = ['a b', Symbol('s'), { key: 'c' }, 'x\u202e\n"', '7'];
    expect(validate(failing({ message: '', path }), 1)).toMatchObject({
      path: '["a b"]["Symbol(s)"].c["x\\u202e\\n\\""][7]',
    });
  });

  it('quotes no value of any kind of zod schema', () => {
    const schemas: readonly Schema<unknown>[] = [
      ...[z.number(), z.object({}), z.enum(['a']), z.literal('x'), z.union([z.number(), z.boolean()]), z.email()],
      ...[z.iso.datetime(), z.string().max(3), z.string().regex(/^a/), z.coerce.number(), z.stringbool(), z.date()],
      ...[z.string().refine((text) => text === ''), z.templateLiteral(['a', z.number()]), z.bigint(), z.url()],
    ];
    for (const schema of schemas) expect(message(schema, canary)).toMatch(/^At the top level: (?!.*CANARY)/);
    const tagged = z.discriminatedUnion('type', [z.object({ type: z.literal('a') })]);
    expect(message(tagged, { type: canary })).not.toContain(canary);
    expect(message(z.strictObject({}), { [canary]: 1 })).toBe('At the top level: unrecognized key');
  });

  it('passes on no words of other libraries, which quote what they got', () => {
    expect(message(failing({ message: `expected string but received "${canary}"`, path: ['id'] }), 1)).toBe(
      'At id: does not fit the schema',
    );
  });

  it('keeps message and path to 200 characters', () => {
    const path = Array<string>(100).fill('abcdefgh');
    const checked = validate(failing({ message: 'x'.repeat(1_000), path }, 'zod'), 1);
    expect(checked).toMatchObject({ ok: false });
    if (!checked.ok) expect([checked.message.length, checked.path.length]).toEqual([200, 200]);
    expect(message(failing({ message: 'x'.repeat(1_000) }, 'zod'), 1)).toHaveLength(200);
  });

  it('takes what a schema throws on for a value that does not fit, and tells nothing of it', () => {
    const check = (): never => {
      throw new Error(canary);
    };
    const throwing: Schema<never> = { '~standard': { version: 1, vendor: 'other', validate: check } };
    expect(validate<unknown>(throwing, 'a')).toEqual({ ok: false, path: '', message: 'the schema has thrown' });
  });

  it('refuses a schema that answers with a promise, and leaves no rejection behind', async () => {
    const rejecting: Schema<never> = {
      '~standard': { version: 1, vendor: 'other', validate: () => Promise.reject(new Error('late')) },
    };
    const asynchronous = z.string().refine(() => Promise.resolve(true));
    // zod tries once more, asynchronously
    const throwing = z.string().transform(() => {
      throw new Error('no');
    });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    for (const schema of [rejecting, asynchronous, throwing]) {
      expect(() => validate<unknown>(schema, 'a')).toThrow(/use one without asynchronous checks and transforms/);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });
});
