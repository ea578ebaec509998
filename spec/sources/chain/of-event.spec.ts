import { describe, expect, it } from '@jest/globals';
import { from, type Observable, of, Subject } from 'rxjs';
import * as z from 'zod';
import type { Delivery } from '../../../lib/delivery.js';
import { deadLetter } from '../../../operators/dead-letter.js';
import { deliver } from '../../../operators/deliver.js';
import { shareDeliveries } from '../../../operators/share-deliveries.js';
import type { ChainEvent, EventBatch } from '../../../sources/chain/messages.js';
import { type EventsOf, ofEvent } from '../../../sources/chain/of-event.js';
import { erc20 } from './real-abis.js';
import { sampleBatch, sampleDeliveries } from './sample-batches.js';

const transfer = { from: '0x1', to: '0x2', value: '1000000000000000000' };
const mixed = sampleBatch('mixed', { Approval: [{ owner: '0x1', spender: '0x2', value: '5' }], Transfer: [transfer] });
const approvals = sampleBatch('approvals', { Approval: [{ owner: '0x1', spender: '0x2', value: '6' }], Transfer: [] });

/** Both ways, and `any` is like nothing else. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function collect<T>(source: Observable<T>): { readonly seen: T[]; readonly errors: unknown[] } {
  const seen: T[] = [];
  const errors: unknown[] = [];
  source.subscribe({ next: (one) => seen.push(one), error: (error: unknown) => errors.push(error) });
  return { seen, errors };
}

describe('the events of one name', () => {
  it('come with their batch; batches without them are left out', () => {
    const { seen } = collect(from([approvals, mixed]).pipe(ofEvent('Transfer')));
    expect(seen).toEqual([{ name: 'Transfer', batch: mixed, events: mixed.events['Transfer'] }]);
    expect(seen[0]?.events[0]?.args).toEqual(transfer);
    expect(seen[0]?.events[0]?.meta.address).toBe('0xc0');
  });

  it('may be called like a member of every object', () => {
    const odd = sampleBatch('odd', { constructor: [{ a: '1' }] });
    const { seen } = collect(from([mixed, odd]).pipe(ofEvent('constructor')));
    expect(seen.map(({ batch }) => batch.batchId)).toEqual(['odd']);
    expect(collect(from([mixed]).pipe(ofEvent('toString'))).seen).toEqual([]);
  });

  it('have bigint by their ABI, and the batch keeps what came', () => {
    const { seen } = collect(from([mixed]).pipe(ofEvent(erc20, 'Transfer')));
    expect(seen[0]?.events[0]?.args).toEqual({ ...transfer, value: 10n ** 18n });
    expect(seen[0]?.events[0]?.value).toBe(10n ** 18n);
    expect(seen[0]?.batch.events['Transfer']?.[0]?.['value']).toBe(transfer.value);
    expect(seen[0]?.name).toBe('Transfer');
  });

  it('have text by their ABI where it is asked for', () => {
    const { seen } = collect(from([mixed]).pipe(ofEvent(erc20, 'Transfer', { integers: 'text' })));
    expect(seen[0]?.events[0]?.args.value).toBe(transfer.value);
  });

  it('are found by full signature and in JSON', () => {
    const overloads = ['event Paid(address by)', 'event Paid(address by, uint256 amount)'] as const;
    const paid = sampleBatch('paid', { Paid: [{ by: '0x1', amount: '3' }] });
    expect(collect(of(paid).pipe(ofEvent(overloads, 'Paid(address,uint256)'))).seen[0]?.events[0]?.args.amount).toBe(
      3n,
    );
    const { seen } = collect(of(mixed).pipe(ofEvent(JSON.stringify(erc20), 'Transfer')));
    expect(seen[0]?.events[0]?.args['value']).toBe(10n ** 18n);
    expect(() => ofEvent(overloads, 'Paid')).toThrow('Duplicate event name Paid');
  });

  it('are checked by a schema, whose output takes the place of the arguments', () => {
    const schema = z.object({ value: z.string().transform(Number) });
    const { seen } = collect(of(mixed).pipe(ofEvent('Transfer', { schema })));
    expect(seen[0]?.events[0]?.args).toEqual({ value: 1e18 });
    const after = z.object({ value: z.bigint().transform((value) => value / 10n ** 18n) });
    expect(collect(of(mixed).pipe(ofEvent(erc20, 'Transfer', { schema: after }))).seen[0]?.events[0]?.args).toEqual({
      value: 1n,
    });
  });

  it('that are not what they should be are the error of plain batches', () => {
    const bad = sampleBatch('bad', { Transfer: [transfer, { ...transfer, value: 'secret' }] });
    const { seen, errors } = collect(from([mixed, bad, mixed]).pipe(ofEvent(erc20, 'Transfer')));
    expect(seen).toHaveLength(1);
    expect(errors).toEqual([
      expect.objectContaining({
        ...{ name: 'EventStreamerValidationError', code: 'malformed', isRetryable: false },
        message: 'Transfer[1].value is no uint256',
      }),
    ]);
    const schema = z.object({ value: z.literal('1') });
    const checked = collect(of(mixed).pipe(ofEvent('Transfer', { schema })));
    expect(checked.errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^Transfer\[0\]: At value: /) }),
    ]);
  });

  it('are refused at once where they can never come', () => {
    expect(() => ofEvent('')).toThrow('ofEvent: name must be');
    expect(() => Reflect.apply(ofEvent, undefined, [])).toThrow('ofEvent: name must be');
    expect(() => Reflect.apply(ofEvent, undefined, [erc20])).toThrow('ofEvent: name must be');
    expect(() => Reflect.apply(ofEvent, undefined, ['Transfer', { integers: 'text' }])).toThrow(
      'ofEvent: unknown option "integers"',
    );
    expect(() => Reflect.apply(ofEvent, undefined, [erc20, 'Transfer', { integers: 'number' }])).toThrow(
      'ofEvent: option "integers" must be',
    );
    expect(() => Reflect.apply(ofEvent, undefined, [erc20, 'Transfr'])).toThrow(
      'Event "Transfr" not found in ABI; it has Transfer, Approval',
    );
  });
});

describe('the events of one name in deliveries', () => {
  it("keep the duty: their ack is the batch's, and batches without them are acknowledged at once", () => {
    const { said, deliver: hand } = sampleDeliveries();
    const { seen } = collect(from([hand(approvals), hand(mixed, { attempt: 2 })]).pipe(ofEvent(erc20, 'Transfer')));
    expect(said).toEqual(['ack approvals']);
    expect(seen.map(({ attempt, position }) => ({ attempt, position }))).toEqual([
      { attempt: 2, position: 'rt_mixed' },
    ]);
    expect(seen[0]?.value.events[0]?.args.value).toBe(10n ** 18n);
    seen[0]?.ack();
    expect(said).toEqual(['ack approvals', 'ack mixed']);
  });

  it('that cannot be read go to the dead letters, and the stream goes on', () => {
    const bad = sampleBatch('bad', { Transfer: [{ ...transfer, value: null }] });
    const letters: unknown[] = [];
    const { seen, errors } = collect(
      from([bad, mixed]).pipe(
        deliver({ maxUnacked: 5 }),
        deadLetter(({ value, reason }) => void letters.push([value.batchId, String(reason)])),
        ofEvent(erc20, 'Transfer'),
      ),
    );
    for (const one of seen) one.ack();
    expect(seen.map(({ value }) => value.batch.batchId)).toEqual(['mixed']);
    expect(letters).toEqual([['bad', 'EventStreamerValidationError: Transfer[0].value is no uint256']]);
    expect(errors).toEqual([]);
  });

  it('go to two handlers through shareDeliveries: the batch waits for both', () => {
    const { said, deliver: hand } = sampleDeliveries();
    const source = new Subject<Delivery<EventBatch>>();
    const shared = source.pipe(shareDeliveries());
    const transfers = collect(shared.pipe(ofEvent('Transfer')));
    const others = collect(shared.pipe(ofEvent('Approval')));
    source.next(hand(mixed));
    transfers.seen[0]?.ack();
    expect(said).toEqual([]);
    others.seen[0]?.ack();
    expect(said).toEqual(['ack mixed']);
  });
});

describe('the types of the events of one name', () => {
  it('are those of the ABI, of batches and of deliveries', () => {
    const batches = new Subject<EventBatch>();
    const deliveries = new Subject<Delivery<EventBatch>>();
    const _plain = batches.pipe(ofEvent(erc20, 'Transfer'));
    const _delivered = deliveries.pipe(ofEvent(erc20, 'Transfer', { integers: 'text' }));
    const _named = deliveries.pipe(ofEvent('Transfer'));
    const _checked = batches.pipe(ofEvent('Transfer', { schema: z.object({ n: z.number() }) }));
    type Args<Integer> = { readonly from: string; readonly to: string; readonly value: Integer };
    type Of<Source> = Source extends Observable<infer Value> ? Value : never;
    const checks = [
      true satisfies Same<Of<typeof _plain>['events'][number]['args'], Args<bigint>>,
      true satisfies Same<Of<typeof _plain>['name'], 'Transfer'>,
      true satisfies Same<Of<typeof _delivered>['value']['events'][number]['args'], Args<string>>,
      true satisfies Same<Of<typeof _named>, Delivery<EventsOf<'Transfer'>>>,
      true satisfies Same<Of<typeof _checked>['events'], readonly ChainEvent<{ n: number }>[]>,
    ];
    expect(checks).not.toContain(false);
    // @ts-expect-error: the ABI has no such event
    expect(() => ofEvent(erc20, 'Transfr')).toThrow('not found');
  });
});
