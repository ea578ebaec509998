import { describe, expect, it } from '@jest/globals';
import { complianceEvent, type UserComplianceData } from '../../../sources/x/compliance.js';

describe('complianceEvent', () => {
  it('turns the one member round into a union', () => {
    const edit = { tweet: { id: '2' }, edit_tweet_ids: ['1', '2'] };
    const event = complianceEvent({ tweet_edit: edit });
    if (event?.kind !== 'tweet_edit') throw new Error('not narrowed');
    expect(event.event.edit_tweet_ids).toEqual(['1', '2']);
  });

  it('tells likes, users and labels apart by their types', () => {
    expect(complianceEvent({ delete: { favorite: { id: '1', user_id: '2' } } })?.event.favorite.user_id).toBe('2');
    const label = complianceEvent({ public_tweet_unviewable: { tweet: { id: '1' }, application: 'apply' } });
    expect(label?.kind).toBe('public_tweet_unviewable');
    const data: UserComplianceData = { scrub_geo: { user: { id: '1' }, up_to_tweet_id: '9' } };
    const user = complianceEvent(data);
    expect(user?.kind === 'scrub_geo' ? user.event.up_to_tweet_id : undefined).toBe('9');
  });

  it('gives undefined for a kind of tomorrow and for nothing', () => {
    const future: object = { user_merge: { user: { id: '1' } } };
    expect(complianceEvent(future)).toBeUndefined();
    expect(complianceEvent({})).toBeUndefined();
  });
});
