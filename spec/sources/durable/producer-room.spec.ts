import { describe, expect, it } from '@jest/globals';
import { roomSignal } from '../../../sources/durable/producer-room.js';

describe('the room signal', () => {
  it('resolves at once with room, else when a check finds some, for all that wait', async () => {
    let hasRoom = true;
    const room = roomSignal(() => hasRoom);
    await room.ready;
    hasRoom = false;
    const said: string[] = [];
    const waits = ['a', 'b'].map((name) => room.ready.then(() => said.push(name)));
    room.check();
    await Promise.resolve();
    expect(said).toEqual([]);
    hasRoom = true;
    room.check();
    await Promise.all(waits);
    expect(said).toEqual(['a', 'b']);
  });
});
