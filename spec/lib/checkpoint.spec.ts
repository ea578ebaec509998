import { describe, expect, it } from '@jest/globals';
import { memoryCheckpoint } from '../../lib/checkpoint.js';
import { describeCheckpoint } from './checkpoint-contract.js';

describeCheckpoint('memoryCheckpoint', async () => memoryCheckpoint());

describe('memoryCheckpoint', () => {
  it('begins with the positions it was given, and is not changed through them', async () => {
    const initial = { posts: '1' };
    const store = memoryCheckpoint(initial);
    initial.posts = '2';
    expect(await store.load('posts')).toBe('1');
  });

  it('refuses at once what could not be saved', () => {
    expect(() => memoryCheckpoint({ '': '1' })).toThrow('checkpoint: the key must not be empty');
    expect(() => memoryCheckpoint(JSON.parse('{"posts":7}'))).toThrow(
      'checkpoint: the position must be text, got number',
    );
  });

  it('shares nothing with another', async () => {
    const store = memoryCheckpoint();
    await store.save('posts', '1');
    expect(await memoryCheckpoint().load('posts')).toBeUndefined();
  });
});
