import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { deliveryPause } from '../../lib/delivery-pause.js';
import type { FullPolicy } from '../../lib/delivery-queue.js';
import { readGate } from '../../lib/read-gate.js';
import { createMonitor } from '../../lib/state.js';

function paused(onFull: FullPolicy = 'pause') {
  const gate = readGate();
  const scheduler = new VirtualTimeScheduler();
  const monitor = createMonitor();
  const warnings: number[] = [];
  monitor.events$.subscribe(({ type }) => {
    if (type === 'warning') warnings.push(scheduler.now());
  });
  const pause = deliveryPause({ maxUnacked: 3, onFull, gate, report: monitor.report, stallWarning: 100, scheduler });
  return { pause, gate, scheduler, warnings };
}

describe('deliveryPause', () => {
  it('closes the gate while it is on', () => {
    const { pause, gate } = paused();
    const seen = [() => {}, pause.start, pause.start, pause.stop].map((act) => {
      act();
      return [pause.isOn, gate.isOpen];
    });
    expect(seen).toEqual([
      [false, true],
      [true, false],
      [true, false],
      [false, true],
    ]);
  });

  it.each(['error', 'dropOldest', 'dropNewest'] as const)('leaves the gate open under %s', (onFull) => {
    const { pause, gate } = paused(onFull);
    pause.start();
    expect([pause.isOn, gate.isOpen]).toEqual([true, true]);
  });

  it('warns once, so long after the last touch', () => {
    const { pause, scheduler, warnings } = paused();
    pause.start();
    scheduler.schedule(() => pause.touch(), 60);
    scheduler.flush();
    expect(warnings).toEqual([160]);
  });

  it('warns of nothing once it is over', () => {
    const { pause, scheduler, warnings } = paused();
    pause.start();
    pause.stop();
    scheduler.flush();
    expect(warnings).toEqual([]);
  });
});
