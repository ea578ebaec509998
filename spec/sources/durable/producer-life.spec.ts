import { describe, expect, it } from '@jest/globals';
import { producerFailures } from '../../../sources/durable/producer-failures.js';
import { producerIntake } from '../../../sources/durable/producer-intake.js';
import { abortedError, closedError, producerLife, type ProducerLife } from '../../../sources/durable/producer-life.js';
import { checkProducer } from '../../../sources/durable/producer-options.js';
import { startProducerLog } from '../../servers/producer-log.js';

function lifeOf(url: string): { readonly life: ProducerLife; readonly stops: () => number } {
  let stops = 0;
  const failures = producerFailures();
  const producer = checkProducer(url, 'p', { contentType: 'application/json', lingerMs: 0 });
  const intake = producerIntake(producer, failures, () => undefined);
  return { life: producerLife(intake, failures, () => (stops += 1)), stops: () => stops };
}

describe('the life of a producer', () => {
  it('ends once, and every later call says how', async () => {
    const { life, stops } = lifeOf('http://a.example');
    life.stop(abortedError('enough'));
    life.stop(closedError());
    expect(stops()).toBe(1);
    for (const late of [life.append(1), life.close(undefined)])
      await expect(late).rejects.toMatchObject({ code: 'aborted' });
    expect(() => life.restart()).toThrow(/aborted/);
    await expect(life.flush()).resolves.toBeUndefined();
  });

  it('refuses appends from the call of close on, and ends with it', async () => {
    await using log = await startProducerLog();
    const { life, stops } = lifeOf(log.url);
    const before = life.append(1);
    const closed = life.close('last');
    await expect(life.append(2)).rejects.toMatchObject({ code: 'already_closed' });
    expect([(await before).seq, (await closed).seq, stops()]).toEqual([0, 1, 1]);
    expect(log.stored).toEqual([1, 'last']);
  });

  it('rejects a close that is overtaken by a stop', async () => {
    await using log = await startProducerLog({ fault: () => ({ delay: 30 }) });
    const { life } = lifeOf(log.url);
    const closed = life.close(undefined);
    life.stop(closedError());
    await expect(closed).rejects.toMatchObject({ code: 'already_closed' });
  });
});
