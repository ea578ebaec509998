import { describe, expect, it } from '@jest/globals';
import { readGate } from '../../lib/read-gate.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('readGate', () => {
  it('is open at first, and resolves at once', async () => {
    const gate = readGate();
    expect(gate.isOpen).toBe(true);
    await gate.opened();
  });

  it('holds everybody who waits until it is opened', async () => {
    const gate = readGate();
    const passed: string[] = [];
    gate.close();
    void gate.opened().then(() => passed.push('a'));
    void gate.opened().then(() => passed.push('b'));
    await turn();
    expect([gate.isOpen, passed]).toEqual([false, []]);
    gate.open();
    await turn();
    expect([gate.isOpen, passed]).toEqual([true, ['a', 'b']]);
  });

  it('holds those still who waited when it was open for no longer than a moment', async () => {
    const gate = readGate();
    const passed: string[] = [];
    gate.close();
    void gate.opened().then(() => passed.push('a'));
    gate.open();
    gate.close();
    await turn();
    expect(passed).toEqual([]);
    gate.open();
    await turn();
    expect(passed).toEqual(['a']);
  });

  it('tells a watchdog of each pause once, and at once whether it is paused', () => {
    const gate = readGate();
    const early: boolean[] = [];
    const late: boolean[] = [];
    gate.paused$.subscribe((paused) => early.push(paused));
    gate.close();
    gate.close();
    gate.paused$.subscribe((paused) => late.push(paused));
    gate.open();
    gate.open();
    expect([early, late]).toEqual([
      [false, true, false],
      [true, false],
    ]);
  });
});
