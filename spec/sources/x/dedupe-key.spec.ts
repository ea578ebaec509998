import { describe, expect, it } from '@jest/globals';
import { dedupeKey } from '../../../sources/x/dedupe-key.js';
import type { XStreamName } from '../../../sources/x/endpoints.js';
import type { LikesComplianceEnvelope, UserComplianceEnvelope } from '../../../sources/x/envelopes.js';
import { objectOf, parsed } from './samples.js';

function key(name: XStreamName, item: object): string | undefined {
  const read: (item: never) => string | undefined = dedupeKey(name);
  const found: unknown = Reflect.apply(read, undefined, [item]);
  return typeof found === 'string' ? found : undefined;
}

describe('dedupeKey', () => {
  it.each([
    ['filtered', 'post', '1067094924124872705'],
    ['likesFirehose', 'like', '8f2a60e6'],
    ['activity', 'profileUpdate', '-2781149976877970683'],
    ['powerstream', 'nativePost', '1872000000000000001'],
  ] as const)('is the id of an item of %s', (name, sampleName, expected) => {
    expect(key(name, parsed(sampleName))).toBe(expected);
  });

  it.each([
    ['postCompliance', 'postDelete'],
    ['postCompliance', 'postEdit'],
    ['postCompliance', 'futureCompliance'],
    ['userCompliance', 'profileModification'],
    ['likesCompliance', 'likeDelete'],
    ['postLabels', 'publicNotice'],
  ] as const)('of %s tells what happened to what and when: %s', (name, sampleName) => {
    const event = JSON.stringify(parsed(sampleName));
    const first = key(name, parsed(sampleName));
    expect(first).toBeDefined();
    expect(key(name, objectOf(event))).toBe(first);
    expect(key(name, objectOf(event.replace(/"event_at":"\d/, '"event_at":"9')))).not.toBe(first);
  });

  it('tells two kinds about one post at one moment apart', () => {
    expect(key('postCompliance', parsed('postDrop'))).not.toBe(key('postCompliance', parsed('postUndrop')));
  });

  it('tells two members of a profile that changed at once apart', () => {
    const change = (field: string): UserComplianceEnvelope => ({
      data: { user_profile_modification: { user: { id: '1' }, profile_field: field, event_at: 'now' } },
    });
    const read = dedupeKey('userCompliance');
    expect(read(change('url'))).not.toBe(read(change('name')));
  });

  it('tells two users who took back their likes of one post at once apart', () => {
    const removal = (user: string): LikesComplianceEnvelope => ({
      data: { delete: { favorite: { id: '1', user_id: user }, event_at: 'now' } },
    });
    const read = dedupeKey('likesCompliance');
    expect(read(removal('2'))).not.toBe(read(removal('3')));
  });

  it.each(['filtered', 'likesFirehose', 'activity', 'powerstream', 'postCompliance'] as const)(
    'of %s is undefined where an item has no identity',
    (name) => {
      for (const item of [
        {},
        { data: null },
        { data: [] },
        { data: { id: 7, delete: 1, drop: { tweet: {} } } },
        { id_str: '' },
      ]) {
        expect(key(name, item)).toBeUndefined();
      }
    },
  );
});
