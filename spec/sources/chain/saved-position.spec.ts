import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { type CheckpointStore, memoryCheckpoint } from '../../../lib/checkpoint.js';
import { checkpointFailed, savedPosition, saveSlots } from '../../../sources/chain/saved-position.js';
import { runUntil } from '../x/scripted-x.js';

function saving(store: CheckpointStore): {
  readonly scheduler: VirtualTimeScheduler;
  readonly failures: number[];
  readonly saved: ReturnType<typeof savedPosition>;
} {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  const failures: number[] = [];
  const onFailure = (_: unknown, inARow: number): void => void failures.push(inARow);
  return { scheduler, failures, saved: savedPosition({ slotOf: saveSlots(store), scheduler, onFailure }) };
}

describe('savedPosition', () => {
  it('saves the latest within a second, and nothing where there is no key', async () => {
    const store = memoryCheckpoint();
    const { scheduler, saved } = saving(store);
    saved.save('lost');
    saved.moveTo('a');
    saved.save('1');
    saved.save('2');
    await runUntil(scheduler, 999);
    expect(await store.load('a')).toBeUndefined();
    await runUntil(scheduler, 1_001);
    expect(await store.load('a')).toBe('2');
  });

  it('goes on under another key and leaves the first as it was', async () => {
    const store = memoryCheckpoint();
    const { saved } = saving(store);
    saved.moveTo('a');
    saved.save('1');
    saved.moveTo('b');
    saved.save('2');
    await saved.flush();
    expect([await store.load('a'), await store.load('b')]).toEqual(['1', '2']);
  });

  it('saves at once what comes after the end', async () => {
    const store = memoryCheckpoint();
    const { scheduler, saved } = saving(store);
    saved.moveTo('a');
    saved.save('1');
    saved.end();
    await runUntil(scheduler, 0);
    expect(await store.load('a')).toBe('1');
    saved.save('2');
    await runUntil(scheduler, 0);
    expect(await store.load('a')).toBe('2');
  });

  it('tells of every save that fails, and goes on trying', async () => {
    const store = { ...memoryCheckpoint(), save: () => Promise.reject(new Error('full')) };
    const { scheduler, saved, failures } = saving(store);
    saved.moveTo('a');
    saved.save('1');
    await runUntil(scheduler, 3_500);
    expect(failures).toEqual([1, 2, 3]);
    await saved.flush();
    expect(checkpointFailed('why', 3)).toMatchObject({ code: 'checkpoint_failed', isRetryable: false, cause: 'why' });
  });
});
