import { expect, it } from '@jest/globals';
import {
  activity,
  likesCompliance,
  postCompliance,
  postLabel,
  userCompliance,
} from '../../../sources/x/event-schemas.js';

it('a kind of tomorrow keeps its content', () => {
  const data = { of_tomorrow: { whose: { id: '1' } } };
  for (const schema of [postCompliance, userCompliance, likesCompliance, postLabel]) {
    expect(schema.parse(data)).toEqual(data);
  }
});

it('an event needs its subject', () => {
  expect(likesCompliance.safeParse({ delete: { favorite: {} } }).success).toBe(false);
  expect(userCompliance.safeParse({ user_delete: { event_at: '' } }).success).toBe(false);
  expect(postLabel.safeParse({ public_tweet_notice: { tweet: { id: '1' } } }).success).toBe(true);
});

it('an activity of any type passes with any object as payload', () => {
  const event = { event_type: 'dm.received', payload: { deep: [1] } };
  expect(activity.parse(event)).toEqual(event);
  expect(activity.safeParse({ event_type: 'dm.received' }).success).toBe(false);
  expect(activity.safeParse({ event_type: 'like.create', payload: {} }).success).toBe(false);
});
