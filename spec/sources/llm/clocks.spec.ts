import { describe, expect, it } from '@jest/globals';
import { of, Subject, VirtualTimeScheduler } from 'rxjs';
import { type ClockLimits, clockLimits, type LlmClocks, llmClocks } from '../../../sources/llm/clocks.js';

const none: ClockLimits = { connect: 0, firstContent: 0, idleBytes: 0, idleContent: 0 };

/** Runs clocks beside a script of times, and says what they said. */
function timed(
  limits: Partial<ClockLimits>,
  script: Record<number, (clocks: LlmClocks, at: VirtualTimeScheduler) => void>,
): string[] {
  const scheduler = new VirtualTimeScheduler();
  const said: string[] = [];
  const clocks = llmClocks({
    wire: 'anthropic',
    limits: { ...none, ...limits },
    scheduler,
    onStall: (clock, ms) => said.push(`${scheduler.now()} stall ${clock} ${ms}`),
    onLimit: (error) => said.push(`${scheduler.now()} ${error.errorType} ${error.code} ${error.phase}`),
  });
  for (const [at, work] of Object.entries(script)) scheduler.schedule(() => work(clocks, scheduler), Number(at));
  scheduler.flush();
  return said;
}

describe('llmClocks', () => {
  it.each<[string, Partial<ClockLimits>, Record<number, (clocks: LlmClocks) => void>, string[]]>([
    ['connect', { connect: 100 }, {}, ['50 stall connect 50', '100 timeout headers_timeout request']],
    [
      'first content',
      { connect: 100, firstContent: 40 },
      { 10: (clocks) => clocks.opened(), 20: (clocks) => clocks.bytes() },
      ['30 stall firstContent 20', '50 timeout first_content_timeout body'],
    ],
    [
      'idle bytes',
      { idleBytes: 40 },
      { 0: (clocks) => clocks.opened(), 30: (clocks) => clocks.bytes() },
      ['20 stall idleBytes 20', '50 stall idleBytes 20', '70 timeout idle_timeout body'],
    ],
    [
      'idle content',
      { firstContent: 10, idleContent: 40 },
      {
        0: (clocks) => clocks.opened(),
        1: (clocks) => clocks.content(),
        11: (clocks) => clocks.content(),
        30: (clocks) => clocks.bytes(),
      },
      ['31 stall idleContent 20', '51 timeout content_timeout body'],
    ],
  ])('has a limit, a notice at half of it and a code for %s', (_clock, limits, script, said) => {
    expect(timed(limits, script)).toEqual(said);
  });

  it('says nothing where a limit is 0, and nothing once it is stopped', () => {
    expect(timed({}, { 0: (clocks) => clocks.opened(), 5: (clocks) => clocks.content() })).toEqual([]);
    expect(timed({ connect: 10 }, { 3: (clocks) => clocks.stop() })).toEqual([]);
  });

  it('ends the clock of a phase that is over', () => {
    const script = { 9: (clocks: LlmClocks) => clocks.opened(), 18: (clocks: LlmClocks) => clocks.content() };
    expect(timed({ connect: 20, firstContent: 20 }, script)).toEqual([]);
  });

  it('keeps the clocks apart: bytes are no content, and each says its own', () => {
    const said = timed(
      { idleBytes: 30, idleContent: 50 },
      {
        0: (clocks) => (clocks.opened(), clocks.content()),
        20: (clocks) => clocks.bytes(),
        40: (clocks) => clocks.bytes(),
      },
    );
    expect(said).toEqual([
      '15 stall idleBytes 15',
      '25 stall idleContent 25',
      '35 stall idleBytes 15',
      '50 timeout content_timeout body',
    ]);
  });

  it('counts no time that the consumer takes, however it is spread', () => {
    const scheduler = new VirtualTimeScheduler();
    const said: string[] = [];
    const clocks = llmClocks({
      wire: 'anthropic',
      limits: { ...none, firstContent: 40 },
      scheduler,
      onStall: () => said.push(`${scheduler.now()} stall`),
      onLimit: ({ code }) => said.push(`${scheduler.now()} ${code}`),
    });
    clocks.opened();
    // The consumer works for 1,000 ms behind the 10th.
    scheduler.schedule(() => clocks.outside(() => (scheduler.frame += 1_000)), 10);
    scheduler.flush();
    expect(said).toEqual(['1020 stall', '1040 first_content_timeout']);
  });

  it('stands still while nothing is read, and goes on with what was left', () => {
    const scheduler = new VirtualTimeScheduler();
    const said: string[] = [];
    const pausedBy = new Subject<boolean>();
    llmClocks({
      ...{ wire: 'anthropic', limits: { ...none, connect: 40 }, scheduler, pausedBy },
      onStall: () => said.push(`${scheduler.now()} stall`),
      onLimit: ({ code }) => said.push(`${scheduler.now()} ${code}`),
    });
    scheduler.schedule(() => pausedBy.next(true), 30);
    scheduler.schedule(() => pausedBy.next(false), 530);
    scheduler.flush();
    expect(said).toEqual(['20 stall', '540 headers_timeout']);
    expect(pausedBy.observed).toBe(false);
  });

  it('does not run while it begins paused', () => {
    const scheduler = new VirtualTimeScheduler();
    const said: string[] = [];
    const onLimit = (): void => void said.push('limit');
    llmClocks({
      wire: 'anthropic',
      limits: { ...none, connect: 1 },
      scheduler,
      pausedBy: of(true),
      onStall: onLimit,
      onLimit,
    });
    scheduler.flush();
    expect(said).toEqual([]);
  });

  it('takes a blocked event loop for no silence of the server', () => {
    const said = timed({ connect: 100 }, { 20: (_clocks, scheduler) => (scheduler.frame += 500) });
    expect(said.at(-1)).not.toMatch(/^5[0-4]\d timeout/);
  });

  it('may be stopped by what hears of the half', () => {
    const scheduler = new VirtualTimeScheduler();
    const said: string[] = [];
    const clocks = llmClocks({
      ...{ wire: 'anthropic', limits: { ...none, connect: 10 }, scheduler },
      onStall: () => {
        said.push('stall');
        clocks.stop();
      },
      onLimit: () => said.push('limit'),
    });
    scheduler.flush();
    expect(said).toEqual(['stall']);
  });
});

describe('clockLimits', () => {
  it('watches for bytes where the provider pings', () => {
    expect(clockLimits('anthropic')).toEqual({
      connect: 60_000,
      firstContent: 300_000,
      idleBytes: 90_000,
      idleContent: 300_000,
    });
    expect(clockLimits('openai-chat').idleBytes).toBe(0);
    expect(clockLimits('openai-responses', { idleBytes: 5, connect: 0 })).toMatchObject({ idleBytes: 5, connect: 0 });
  });
});
