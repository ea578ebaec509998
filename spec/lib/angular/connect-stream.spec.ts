/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import './test-bed.js';
import { type Resource, signal, type Signal } from '@angular/core';
import { expect, it } from '@jest/globals';
import { type Observable, of } from 'rxjs';
import { injectStream } from '../../../lib/angular/inject-stream.js';
import { streamResource, type StreamResource } from '../../../lib/angular/stream-resource.js';

/** Whether two types are the same, for the compiler. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(_isSame: Same<A, B>, _of?: unknown): void {}

/** Never called: what the compiler has to say of it is the test. */
function checkedByTheCompiler(numbers: Observable<number>): void {
  const params = signal<'a' | undefined>('a');
  const latest = injectStream({ stream: () => numbers });
  same<typeof latest.value, Signal<number | undefined>>(true, latest);
  const begun = injectStream({
    params,
    stream: ({ params: given }) => (same<typeof given, 'a'>(true, given), numbers),
    initialValue: null,
  });
  same<typeof begun.value, Signal<number | null>>(true, begun);
  interface Place {
    readonly url: string;
  }
  const open = ({ url }: Place): Observable<number> => (url === '' ? of() : numbers);
  const somewhere = injectStream({
    params: (): Place | undefined => undefined,
    stream: ({ params: place }) => (same<typeof place, Place>(true), open(place)),
  });
  same<typeof somewhere.value, Signal<number | undefined>>(true, somewhere);
  const reduced = injectStream({
    stream: ({ params: none }) => (same<typeof none, undefined>(true, none), numbers),
    initialValue: '',
    reduce: (text: string, item: number) => text + String(item),
  });
  same<typeof reduced.value, Signal<string>>(true, reduced);
  const text = streamResource({
    params: () => 1,
    stream: ({ params: given }) => (same<typeof given, number>(true, given), of('a')),
  });
  const resource: Resource<string> = text;
  same<typeof resource.value, Signal<string>>(true, resource);
  const maybe: StreamResource<string | undefined> = streamResource({
    stream: () => numbers,
    initialValue: undefined,
    reduce: (_: string | undefined, item: number) => String(item),
  });
  if (maybe.hasValue()) same<ReturnType<typeof maybe.value>, string>(true);
  // @ts-expect-error a resource of anything but text must say how it grows
  streamResource({ stream: () => numbers });
  // @ts-expect-error the items are numbers
  injectStream({ stream: () => numbers, initialValue: '', reduce: (all: string, item: string) => all + item });
  // @ts-expect-error there is no such option
  injectStream({ stream: () => numbers, retries: 3 });
}

it('types values by what is given: checked by the compiler', () => {
  expect(checkedByTheCompiler).toBeInstanceOf(Function);
});
