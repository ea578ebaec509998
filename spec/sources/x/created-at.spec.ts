import { describe, expect, it } from '@jest/globals';
import { createdAt } from '../../../sources/x/created-at.js';
import { parsed } from './samples.js';

/** 1735154430123 ms as a snowflake. */
const id = String(((1_735_154_430_123n - 1_288_834_974_657n) << 22n) + 4_194_303n);
const second = '2024-12-25T19:20:30.000Z';

describe('createdAt', () => {
  it.each([
    ['id alone', { data: { id } }, 1_735_154_430_123],
    ['id and second agree', { data: { id, created_at: second } }, 1_735_154_430_123],
    ['id and second differ', { data: { id, created_at: '2024-12-25T19:20:31.000Z' } }, 1_735_154_431_000],
    ['id a second late', { data: { id, created_at: '2024-12-25T19:20:29.000Z' } }, 1_735_154_429_000],
    ['second alone', { data: { created_at: second } }, 1_735_154_430_000],
    ['short id', { data: { id: '1764192610690' } }, undefined],
    ['bad time', { data: { created_at: 'soon' } }, undefined],
    ['timestamp_ms', { data: { id: 'ab', timestamp_ms: 1_735_154_430_456, created_at: second } }, 1_735_154_430_456],
    ['nothing', {}, undefined],
    ['no data', { data: null }, undefined],
  ])('reads %s', (_, item, expected) => {
    expect(createdAt(item)).toBe(expected);
  });

  it('reads events, activities and native posts', () => {
    expect(createdAt(parsed('postEdit'))).toBe(Date.parse('2022-08-10T19:38:11.110Z'));
    expect(createdAt(parsed('publicNotice'))).toBe(Date.parse('2022-01-01T00:00:00Z'));
    expect(createdAt(parsed('nativePost'))).toBe(1_539_202_764_123);
    expect(createdAt({ data: { event_type: 'post.create', payload: { id, text: '' } } })).toBe(1_735_154_430_123);
  });

  it('does not take the birth of a post for the time of its deletion', () => {
    expect(createdAt(parsed('postDeleteActivity'))).toBeUndefined();
    expect(createdAt(parsed('profileUpdate'))).toBeUndefined();
  });
});
