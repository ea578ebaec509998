import { describe, expect, it } from '@jest/globals';
import type { CheckpointStore } from '../../lib/checkpoint.js';
import { positionSlot } from '../../lib/position-slot.js';

function slowStore() {
  const calls: string[] = [];
  const waiting: { done(): void; fail(error: unknown): void }[] = [];
  const store: CheckpointStore = {
    load: () => undefined,
    delete: () => undefined,
    save: async (key, position) => {
      calls.push(`${key} ${position}`);
      await new Promise<void>((done, fail) => waiting.push({ done, fail }));
    },
  };
  return { store, calls, next: () => waiting.shift() };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('positionSlot', () => {
  it('calls the store at once when it is free, and else when its turn has come, with the position of then', async () => {
    const { store, calls, next } = slowStore();
    const save = positionSlot(store, 'posts')();
    let position = '1';
    const first = save(() => position);
    expect(calls).toEqual(['posts 1']);
    position = '2';
    const second = save(() => position);
    position = '3';
    await turn();
    expect(calls).toEqual(['posts 1']);
    next()?.done();
    await first;
    await turn();
    expect(calls).toEqual(['posts 1', 'posts 3']);
    next()?.done();
    await second;
  });

  it('does not call the store where there is nothing to save', async () => {
    const { store, calls } = slowStore();
    await positionSlot(store, 'posts')()(() => undefined);
    expect(calls).toEqual([]);
  });

  it('rejects with what the store says, and is free again', async () => {
    const { store, next, calls } = slowStore();
    const save = positionSlot(store, 'posts')();
    const failing = save(() => '1');
    const later = save(() => '2');
    next()?.fail(new Error('disk full'));
    await expect(failing).rejects.toThrow('disk full');
    await turn();
    expect(calls).toEqual(['posts 1', 'posts 2']);
    next()?.done();
    await later;
    const broken: CheckpointStore = {
      ...store,
      save: () => {
        throw new Error('no disk');
      },
    };
    const other = positionSlot(broken, 'posts')();
    await expect(other(() => '1')).rejects.toThrow('no disk');
    await expect(other(() => '1')).rejects.toThrow('no disk');
  });

  it('hears an earlier subscription until a later one has saved', async () => {
    const { store, calls, next } = slowStore();
    const enter = positionSlot(store, 'posts');
    const [early, late] = [enter(), enter()];
    const first = early(() => '1');
    const second = late(() => '5');
    const third = early(() => '2');
    for (let times = 0; times < 3; times += 1) {
      next()?.done();
      await turn();
    }
    await Promise.all([first, second, third]);
    expect(calls).toEqual(['posts 1', 'posts 5']);
  });

  it('still hears the earlier one when the save of the later one has failed', async () => {
    const { store, calls, next } = slowStore();
    const enter = positionSlot(store, 'posts');
    const [early, late] = [enter(), enter()];
    const failing = late(() => '5');
    next()?.fail(new Error('disk full'));
    await expect(failing).rejects.toThrow('disk full');
    const saving = early(() => '2');
    next()?.done();
    await saving;
    expect(calls).toEqual(['posts 5', 'posts 2']);
  });
});
