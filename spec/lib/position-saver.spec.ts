import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { type PositionSaver, positionSaver } from '../../lib/position-saver.js';

interface Rig {
  readonly saver: PositionSaver;
  /** Positions in the order in which the store was asked. */
  readonly asked: (string | undefined)[];
  readonly failures: number[];
  readonly timers: () => number;
  fails: boolean;
}

function rig(options: { every?: number; everyCount?: number } = {}): Rig {
  const scheduler = new VirtualTimeScheduler();
  const { every = 100, everyCount = 1_000 } = options;
  const asked: (string | undefined)[] = [];
  const failures: number[] = [];
  const made: Rig = {
    saver: positionSaver({
      ...{ every, everyCount, scheduler },
      save: async (read) => {
        asked.push(read());
        if (made.fails) throw new Error('disk full');
      },
      onFailure: (_, inARow) => failures.push(inARow),
    }),
    ...{ asked, failures, fails: false },
    timers: () => scheduler.actions.filter((action) => !action.closed).length,
  };
  return made;
}

function opened({ saver }: Rig, count: number): number[] {
  return Array.from({ length: count }, (_, index) => saver.open({ position: `p${index}` }));
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('positionSaver', () => {
  it('counts what would come again: all since the saved position, settled or not', async () => {
    const { saver, ...rest } = rig();
    const [first, second, third] = opened({ saver, ...rest }, 3);
    expect([saver.unsaved, saver.isSaved]).toEqual([3, true]);
    saver.settle(second ?? NaN);
    expect([saver.unsaved, saver.isSaved]).toEqual([3, true]);
    saver.settle(first ?? NaN);
    expect([saver.unsaved, saver.isSaved]).toEqual([3, false]);
    await saver.flush();
    expect([saver.unsaved, saver.isSaved, rest.asked]).toEqual([1, true, ['p1']]);
    saver.settle(third ?? NaN);
    await saver.flush();
    expect(saver.unsaved).toBe(0);
  });

  it('has a timer only while something is settled without a gap and not saved', async () => {
    const made = rig();
    const [first, second] = opened(made, 2);
    made.saver.settle(second ?? NaN);
    expect(made.timers()).toBe(0);
    made.saver.settle(first ?? NaN);
    expect(made.timers()).toBe(1);
    await made.saver.flush();
    expect(made.timers()).toBe(0);
  });

  it('says after each save that it has been made, with the count already down', async () => {
    const { saver, ...rest } = rig({ everyCount: 2 });
    const left: number[] = [];
    saver.onSaved = () => left.push(saver.unsaved);
    for (const ticket of opened({ saver, ...rest }, 4)) saver.settle(ticket);
    await turn();
    expect([left, rest.asked]).toEqual([
      [2, 0],
      ['p1', 'p3'],
    ]);
  });

  it('reads a position when it is saved, not before', async () => {
    const { saver, asked } = rig();
    let reads = 0;
    const source = {
      get position() {
        reads += 1;
        return 'late';
      },
    };
    for (let times = 0; times < 100; times += 1) saver.settle(saver.open(source));
    expect(reads).toBe(0);
    await saver.flush();
    expect([reads, asked]).toEqual([1, ['late']]);
  });

  it('fails when a position cannot be read, as when the store fails', async () => {
    const { saver, failures } = rig();
    const source = {
      get position(): string {
        throw new Error('no position');
      },
    };
    saver.settle(saver.open(source));
    await expect(saver.flush()).rejects.toThrow('no position');
    expect([failures, saver.isSaved]).toEqual([[1], false]);
  });

  it('asks a store that has failed by time or flush alone, and counts failures in a row', async () => {
    const made = rig({ everyCount: 1 });
    const { saver, asked, failures } = made;
    made.fails = true;
    for (const ticket of opened(made, 3)) {
      saver.settle(ticket);
      saver.saveSoon();
      await turn();
    }
    expect([asked, failures, made.timers()]).toEqual([['p0'], [1], 1]);
    await expect(saver.flush()).rejects.toThrow('disk full');
    made.fails = false;
    await saver.flush();
    expect([asked, failures, made.timers()]).toEqual([['p0', 'p2', 'p2'], [1, 2], 0]);
    saver.settle(saver.open({ position: 'next' }));
    await turn();
    expect(asked.at(-1)).toBe('next');
  });

  it('saves nothing by itself once it is stopped, and all when it is flushed', async () => {
    const made = rig({ everyCount: 1 });
    const tickets = opened(made, 2);
    made.saver.stop();
    for (const ticket of tickets) made.saver.settle(ticket);
    made.saver.saveSoon();
    await turn();
    expect([made.asked, made.timers()]).toEqual([[], 0]);
    await made.saver.flush();
    expect(made.asked).toEqual(['p1']);
  });
});
