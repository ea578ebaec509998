import { describe, expect, it } from '@jest/globals';
import type { Schema } from '../../../lib/schema.js';
import {
  activitySchema,
  likesComplianceSchema,
  likeSchema,
  nativePostSchema,
  postComplianceSchema,
  postLabelSchema,
  postSchema,
  userComplianceSchema,
} from '../../../sources/x/envelope-schemas.js';
import { parsed } from './samples.js';

function check<T>(schema: Schema<T>, value: unknown): { value?: T; issues?: readonly { path?: unknown }[] } {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new Error('synchronous schemas only');
  return result.issues === undefined ? { value: result.value } : { issues: result.issues };
}

describe('the schemas', () => {
  it.each([
    ['post', postSchema],
    ['like', likeSchema],
    ['postDelete', postComplianceSchema],
    ['postDrop', postComplianceSchema],
    ['postUndrop', postComplianceSchema],
    ['postWithheld', postComplianceSchema],
    ['postEdit', postComplianceSchema],
    ['futureCompliance', postComplianceSchema],
    ['userProtect', userComplianceSchema],
    ['userWithheld', userComplianceSchema],
    ['scrubGeo', userComplianceSchema],
    ['profileModification', userComplianceSchema],
    ['futureCompliance', userComplianceSchema],
    ['likeDelete', likesComplianceSchema],
    ['publicNotice', postLabelSchema],
    ['publicUnviewable', postLabelSchema],
    ['profileUpdate', activitySchema],
    ['postCreate', activitySchema],
    ['postDeleteActivity', activitySchema],
    ['news', activitySchema],
    ['futureActivity', activitySchema],
    ['nativePost', nativePostSchema],
  ] as const)('pass %s on unchanged', (name, schema: Schema<unknown>) => {
    expect(check(schema, parsed(name)).value).toEqual(parsed(name));
  });

  it('pass a post with all its fields on, nulls as absent and a count in text as a number', () => {
    const { value } = check(postSchema, parsed('filteredPost'));
    const clean = JSON.stringify(parsed('filteredPost')).replace(',"source_link":null', '').replace('"42"', '42');
    expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(clean));
  });

  it('strip what the types do not name', () => {
    const { value } = check(postSchema, { data: { id: '1', text: 'a', brand_new: 1 }, more: 2 });
    expect(value).toEqual({ data: { id: '1', text: 'a' } });
  });

  it('add no member that X has not sent', () => {
    const { value } = check(postSchema, { data: { id: '1', text: 'a' } });
    expect(Object.keys(value?.data ?? {})).toEqual(['id', 'text']);
  });

  it.each([
    ['a number as id', postSchema, { data: { id: 1, text: 'a' } }, ['data', 'id']],
    ['no text', postSchema, { data: { id: '1' } }, ['data', 'text']],
    ['no data', likeSchema, { errors: [] }, ['data']],
    [
      'a bad depth',
      postSchema,
      { data: { id: '1', text: '', entities: { urls: [{ url: 1 }] } } },
      ['data', 'entities', 'urls', 0, 'url'],
    ],
    ['a removal without its post', postComplianceSchema, { data: { delete: {} } }, ['data', 'delete', 'tweet']],
    ['an activity without a type', activitySchema, { data: { payload: {} } }, ['data', 'event_type']],
    [
      'a post activity without a post',
      activitySchema,
      { data: { event_type: 'post.create', payload: { id: '1' } } },
      ['data', 'payload'],
    ],
    ['a native post without an id', nativePostSchema, { text: 'a' }, ['id_str']],
  ] as const)('refuse %s and tell where', (_, schema: Schema<unknown>, value, path) => {
    expect(check(schema, value).issues?.[0]?.path).toEqual(path);
  });
});
