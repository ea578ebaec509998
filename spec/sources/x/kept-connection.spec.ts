import { describe, expect, it } from '@jest/globals';
import { type RetryBudget, retryBudget } from '../../../lib/retry-budget.js';
import {
  disconnectNotice,
  noRules,
  plainProblem,
  tooManyConnections,
  tooManyRequests,
} from '../../servers/x/problems.js';
import { runUntil, type ScriptedAnswer } from './scripted-x.js';
import { virtualRun } from './virtual-x.js';

const minute = 60_000;
const post = '{"data":{"id":"1","text":"x"}}\r\n';
const proved: ScriptedAnswer = { body: [post], end: 'broken', after: 20_000 };
const quiet: ScriptedAnswer = { body: ['\r\n'], end: 'open' };
const forever = { timeout: 100 * minute };

function problem(status: number, body: object, headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  const sent = { 'content-type': 'application/problem+json', ...headers };
  return { status, headers: sent, body: [JSON.stringify(body)] };
}

describe('a kept connection', () => {
  it('comes back at once after a drop, and then ever later', async () => {
    const { waits, seen } = await virtualRun((n) => (n === 1 ? proved : 'refused'), 30_000);
    expect(waits.slice(0, 5)).toEqual([0, 250, 500, 750, 1_000]);
    seen.stop();
  });

  it('comes back after a clean end, and after a silence of 30 s', async () => {
    const answers: ScriptedAnswer[] = [{ body: [post], after: 20_000 }, { body: ['\r\n'], end: 'open' }, quiet];
    const { life, requests, seen } = await virtualRun((n) => answers[n - 1] ?? quiet, 51_000);
    expect(life).toEqual([
      ...['connect', 'disconnect -', 'error stream_ended'],
      ...['connect', 'error idle_timeout', 'disconnect idle_timeout', 'connect'],
    ]);
    expect(requests.map(({ at }) => at)).toEqual([0, 20_000, 50_000]);
    seen.stop();
    expect(life.at(-1)).toBe('disconnect -');
  });

  it('does not hammer a server that accepts and closes: never more than 50 connects in any 15 minutes', async () => {
    for (const answer of [{}, { body: ['\r\n'] }, { body: [post], end: 'broken' }] as const) {
      const { requests, seen } = await virtualRun(() => answer, 120 * minute);
      seen.stop();
      const times = requests.map(({ at }) => at);
      expect(times.slice(0, 4)).toEqual([0, 250, 750, 1_500]);
      expect(times.length).toBeGreaterThan(300);
      const crowded = times.filter((at, n) => (times[n + 50] ?? Infinity) - at < 15 * minute);
      expect(crowded).toEqual([]);
    }
  });

  it('backs off by HTTP errors, and gives up when it is told to', async () => {
    const { waits, seen } = await virtualRun(() => problem(503, {}), 10 * minute, { maxRetries: 4 });
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(seen.error).toMatchObject({ code: 'retries_exhausted', errorType: 'server_error', attempts: 5 });
  });

  it('waits for the reset of a rate limit, and not for it at a limit of connections', async () => {
    const date = new Date(1_800_000_000_000).toUTCString();
    const headers = { date, 'x-rate-limit-reset': '1800000500', 'x-rate-limit-remaining': '48' };
    const answers = [tooManyRequests, tooManyRequests, tooManyConnections, tooManyConnections];
    const { waits, life, seen } = await virtualRun((n) => problem(429, answers[n - 1] ?? {}, headers), 1_020_000);
    expect(waits.slice(0, 4)).toEqual([500_000, 500_000, 5_000, 10_000]);
    expect(life.slice(1, 3)).toEqual(['error rate_limited', 'error too_many_connections']);
    seen.stop();
  });

  it.each([
    ['OperationalDisconnect', 0],
    ['SlowReader', 0],
    ['ForceDisconnect', 5_000],
    ['ClientApplicationStateDegraded', 5_000],
  ] as const)('that X has sent away by %s comes back after %d ms', async (type, wait) => {
    const line = `${JSON.stringify(disconnectNotice(type))}\r\n`;
    const sentAway: ScriptedAnswer = { body: [post], after: 20_000, lastWords: line };
    const { waits, seen } = await virtualRun((n) => (n === 1 ? sentAway : quiet), 40_000, forever);
    expect(waits).toEqual([wait]);
    seen.stop();
  });

  it('is given up where the rules are to blame, or missing', async () => {
    const invalid = `${JSON.stringify(disconnectNotice('InvalidRules'))}\r\n`;
    const sent = await virtualRun(() => ({ body: [post, invalid] }), minute);
    expect([sent.requests.length, sent.seen.error?.code]).toEqual([1, 'invalid_rules']);
    const refused = await virtualRun(() => problem(409, noRules), minute);
    expect([refused.requests.length, refused.seen.error?.code]).toEqual([1, 'no_rules']);
  });

  it('is given up at once with a bad token', async () => {
    const { requests, seen, waits } = await virtualRun(() => problem(401, plainProblem(401, 'Unauthorized')), minute);
    expect([requests.length, waits]).toEqual([1, []]);
    expect(seen.error).toMatchObject({ errorType: 'authentication_error', code: 'unauthorized', statusCode: 401 });
  });

  it('asks the function of the token once more after a 401, on every connection', async () => {
    let asked = 0;
    const bearerToken = (): string => `t${(asked += 1)}`;
    const unauthorized = problem(401, plainProblem(401, 'Unauthorized'));
    const answers = [proved, unauthorized, proved, unauthorized, unauthorized];
    const run = await virtualRun((n) => answers[n - 1] ?? quiet, 10 * minute, { bearerToken });
    expect(run.requests.map(({ authorization }) => authorization)).toEqual([1, 2, 3, 4, 5].map((n) => `Bearer t${n}`));
    expect(run.seen.error?.code).toBe('unauthorized');
  });

  it('tells of one disconnect for every connect', async () => {
    const answers: (ScriptedAnswer | 'refused')[] = ['refused', proved, problem(503, {}), { body: [] }, quiet];
    const { life, seen } = await virtualRun((n) => answers[n - 1] ?? 'refused', 29_000, forever);
    seen.stop();
    const connections = life.filter((fact) => !fact.startsWith('error')).map((fact) => fact.split(' ')[0]);
    expect(connections).toEqual(['connect', 'disconnect', 'connect', 'disconnect', 'connect', 'disconnect']);
    expect(life.filter((fact) => fact.startsWith('error'))).toHaveLength(4);
  });
});

describe('the budget of connects', () => {
  it('is kept by first connections and reconnects together', async () => {
    const run = await virtualRun(
      () => ({}),
      130_000,
      (scheduler) => {
        const connectBudget = retryBudget({ max: 3, per: minute, scheduler });
        connectBudget.take();
        return { connectBudget };
      },
    );
    run.seen.stop();
    const times = [0, 250, 60_000, 60_750, 61_750, 120_000, 121_500, 123_250];
    expect(run.requests.map(({ at }) => at)).toEqual(times);
  });

  it('makes a first connection wait, which tells so and gives its place back when it is not wanted any more', async () => {
    const budgets: RetryBudget[] = [];
    const run = await virtualRun(
      () => quiet,
      1_000,
      (scheduler) => {
        const connectBudget = retryBudget({ max: 1, per: minute, scheduler });
        connectBudget.take();
        budgets.push(connectBudget);
        return { connectBudget };
      },
    );
    expect([run.requests.length, run.waits]).toEqual([0, [minute]]);
    run.seen.stop();
    await runUntil(run.scheduler, 70_000);
    expect([run.requests.length, budgets[0]?.take().delay]).toEqual([0, 0]);
  });

  it('stands beside what the caller shares between streams', async () => {
    const run = await virtualRun(
      () => ({}),
      30_000,
      (scheduler) => {
        const connectBudget = retryBudget({ max: 2, per: 20_000, scheduler });
        return { connectBudget, retryBudget: retryBudget({ max: 1, per: 10_000, scheduler }) };
      },
    );
    run.seen.stop();
    expect(run.requests.map(({ at }) => at)).toEqual([0, 250, 20_000, 30_000]);
  });
});
