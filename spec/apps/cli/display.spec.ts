import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openDisplay, type Screen } from '../../../apps/cli/display.js';
import { rateMeter, seconds, statusLine, type StatusView } from '../../../apps/cli/status-line.js';
import { createMonitor, StreamError, type StreamMonitor } from '../../../lib/index.js';

const view: StatusView = { rate: 12.34, retries: 1, untilRetry: 4_900, columns: 200, colour: false };
const refused = new StreamError('HTTP 503 from \u001b[31mhere', { errorType: 'server_error', code: 'overloaded' });

function watched(): StreamMonitor {
  const monitor = createMonitor();
  monitor.report.connecting();
  monitor.report.open();
  monitor.report.item(1_250);
  return monitor;
}

describe('the status line', () => {
  it('shows phase, rate, received, retries and lag', () => {
    expect(statusLine(watched().state, view)).toBe('open  12/s  1 received  1 retry  lag 1.3 s');
  });

  it('shows how long it waits and why, without what could steer the terminal', () => {
    const monitor = watched();
    monitor.report.failed(refused);
    monitor.report.disconnected(refused);
    monitor.report.waiting(1, 5_000);
    expect(statusLine(monitor.state, view)).toMatch(/^waiting 4\.9 s .* HTTP 503 from \[31mhere$/);
  });

  it('is shorter than the terminal is wide', () => {
    expect(statusLine(watched().state, { ...view, columns: 10 })).toBe('open  12/');
    expect(statusLine(watched().state, { ...view, columns: 0 })).toBe('');
  });

  it('colours the phase only where it is asked to', () => {
    expect(statusLine(watched().state, { ...view, colour: true })).toMatch(/^\u001b\[32mopen\u001b\[0m {2}12/);
  });

  it('measures the rate over the last two seconds', () => {
    const meter = rateMeter();
    expect(meter.sample(0, 0)).toBe(0);
    expect(meter.sample(10, 1_000)).toBe(10);
    expect(meter.sample(10, 5_000)).toBe(0);
    expect(meter.sample(40, 6_000)).toBe(30);
    expect([seconds(49), seconds(12_400)]).toEqual(['0.0 s', '12 s']);
  });
});

describe('the display', () => {
  let written: string[] = [];
  beforeEach(() => {
    written = [];
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function screen(isTTY: boolean): Screen {
    return { isTTY, columns: 80, write: (text) => written.push(text) };
  }

  it('on a terminal draws at most five times a second, and leaves nothing behind', () => {
    const monitor = createMonitor();
    const display = openDisplay(screen(true), monitor, { quiet: false, env: {} });
    for (let n = 0; n < 1_000; n += 1) monitor.report.item();
    jest.advanceTimersByTime(1_000);
    expect(written.length).toBeLessThanOrEqual(5);
    expect(written.at(-1)).toMatch(/1000 received/);
    display.stop();
    expect(written.at(-1)).toBe('\r\u001b[2K');
    jest.advanceTimersByTime(1_000);
    expect(written.at(-1)).toBe('\r\u001b[2K');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('on a terminal shows warnings above the line, and no connects', () => {
    const monitor = createMonitor();
    const display = openDisplay(screen(true), monitor, { quiet: false, env: { NO_COLOR: '1' } });
    monitor.report.open();
    monitor.report.warn({ kind: 'silence', message: 'quiet for 15 s' });
    expect(written.slice(1)).toEqual(['\r\u001b[2K', 'tailrace: warning: quiet for 15 s\n']);
    jest.advanceTimersByTime(250);
    expect(written.at(-1)).toMatch(/^\r\u001b\[2Kopen {2}/);
    display.stop();
  });

  it('elsewhere writes a line for each connect, reconnect and warning', () => {
    const monitor = createMonitor();
    const display = openDisplay(screen(false), monitor, { quiet: false, env: {} });
    monitor.report.open();
    monitor.report.failed(refused);
    monitor.report.disconnected(refused);
    monitor.report.waiting(2, 5_000);
    monitor.report.warn({ kind: 'silence', message: 'quiet' });
    display.stop();
    monitor.report.open();
    expect(written).toEqual([
      'tailrace: connected\n',
      'tailrace: reconnecting in 5.0 s (attempt 2): HTTP 503 from [31mhere\n',
      'tailrace: warning: quiet\n',
    ]);
  });

  it('of requests that follow one another tells the first, and the first after a failure', () => {
    const monitor = createMonitor();
    const display = openDisplay(screen(false), monitor, { quiet: false, polls: true, env: {} });
    const answered = (): void => {
      monitor.report.open();
      monitor.report.disconnected();
    };
    answered();
    answered();
    monitor.report.waiting(1, 1_000);
    answered();
    answered();
    display.stop();
    expect(written).toEqual([
      'tailrace: connected\n',
      'tailrace: reconnecting in 1.0 s (attempt 1)\n',
      'tailrace: connected\n',
    ]);
  });

  it('on a terminal shows a request that waits for what comes as open, once there was an answer', () => {
    const monitor = createMonitor();
    const display = openDisplay(screen(true), monitor, { quiet: false, polls: true, env: { NO_COLOR: '1' } });
    monitor.report.connecting();
    jest.advanceTimersByTime(250);
    expect(written.at(-1)).toContain('connecting  ');
    monitor.report.open();
    monitor.report.disconnected();
    monitor.report.connecting();
    jest.advanceTimersByTime(250);
    expect(written.at(-1)).toContain('open  ');
    monitor.report.waiting(1, 1_000);
    monitor.report.connecting();
    jest.advanceTimersByTime(250);
    expect(written.at(-1)).toContain('connecting  ');
    display.stop();
  });

  it('takes a terminal that does not know its width for one of 80 columns', () => {
    const display = openDisplay({ ...screen(true), columns: 0 }, createMonitor(), { quiet: false, env: {} });
    expect(written[0]).toContain('0 received');
    display.stop();
  });

  it.each([true, false])('with quiet writes nothing (terminal: %s)', (isTTY) => {
    const monitor = createMonitor();
    const display = openDisplay(screen(isTTY), monitor, { quiet: true, env: {} });
    monitor.report.open();
    display.note('something');
    jest.advanceTimersByTime(1_000);
    display.stop();
    expect(written).toEqual([]);
  });
});
