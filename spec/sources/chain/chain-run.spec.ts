import { describe, expect, it } from '@jest/globals';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import { childMonitor, type StreamWarning } from '../../../lib/state.js';
import { beginAt, type ChainRun, endRun, startRun } from '../../../sources/chain/chain-run.js';
import { type ChainStreamOptions, checkChain } from '../../../sources/chain/stream-options.js';
import { received } from './received.js';
import { type VirtualService, virtualService } from './virtual-service.js';

function started(options: ChainStreamOptions): {
  readonly run: ChainRun;
  readonly service: VirtualService;
  readonly positions: (string | undefined)[];
  readonly warnings: StreamWarning[];
} {
  const service = virtualService();
  const positions: (string | undefined)[] = [];
  const warnings: StreamWarning[] = [];
  const monitor = childMonitor(undefined);
  monitor.events$.subscribe((event) => {
    if (event.type === 'warning') warnings.push(event.warning);
  });
  const checked = checkChain('spec', service.client, 7, {
    scheduler: service.scheduler,
    batchAckInterval: 0,
    ...options,
  });
  const hooks = { onPosition: (position: string | undefined) => void positions.push(position) };
  const run = startRun(checked, { hooks, monitor, handsOver: true, backlog: 10 }, () => undefined);
  return { run, service, positions, warnings };
}

describe('a session’s run', () => {
  it('moves position, next token and checkpoint together, and only forward', async () => {
    const checkpoint = memoryCheckpoint();
    const { run, service, positions } = started({ checkpoint });
    beginAt(run, 'rt_0');
    run.acks.connected('c1');
    const [a, b] = [run.ledger.receive(received('a', [1])), run.ledger.receive(received('b', [2]))];
    b?.ack();
    a?.ack();
    await service.run(10);
    expect([run.position, run.token, positions]).toEqual(['rt_b', 'rt_b', ['rt_0', 'rt_b']]);
    endRun(run);
    await run.control.drain();
    expect(await checkpoint.load('chain:7')).toBe('rt_b');
  });

  it('stands a listener that throws or rejects', async () => {
    for (const onNotice of [() => fail(), async () => fail()]) {
      const { run, service, warnings } = started({ onNotice });
      run.notice({ kind: 'ack_failed', message: 'a' });
      await service.run();
      expect(warnings.map(({ kind }) => kind)).toEqual(['callback_failed']);
    }
  });

  it('numbers heartbeats', () => {
    const { control } = started({}).run;
    expect([control.nextSequenceNumber(), control.nextSequenceNumber()]).toEqual([1, 2]);
  });
});

function fail(): never {
  throw new Error('a listener of the caller');
}
