/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import { manualFrames, render, reportedErrors } from './test-bed.js';
import { Component, type Resource, resourceFromSnapshots, signal, type Type } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, of, Subject, throwError } from 'rxjs';
import { type StreamResource, streamResource } from '../../../lib/angular/stream-resource.js';
import { textDeltas } from '../../../sources/llm/assemble.js';
import { openaiChat } from '../../../sources/llm/streams.js';
import { eventually } from '../../servers/eventually.js';
import { mockLlm } from '../../servers/mock-llm.js';

/** A page that draws one resource. */
function pageOf<V>(make: () => StreamResource<V>): Type<{ readonly answer: StreamResource<V> }> {
  return Component({ template: '{{ answer.status() }} {{ answer.value() }}' })(
    class {
      readonly answer = make();
    },
  );
}

async function drawn<V>(make: () => StreamResource<V>): Promise<StreamResource<V>> {
  const { componentInstance } = await render(pageOf(make), [manualFrames().provider, reportedErrors().provider]);
  return componentInstance.answer;
}

const failure = new Error('broken off');

describe('streamResource', () => {
  it('grows with the deltas of a model, from one question to the next', async () => {
    const llm = await mockLlm(({ index }) => ({ say: [{ type: 'text', text: `answer number ${index}` }] }));
    const question = signal<string | undefined>(undefined);
    const Page = pageOf(() =>
      streamResource({
        params: question,
        stream: ({ params, monitor }) =>
          openaiChat({
            ...{ apiKey: 'k', baseUrl: llm.url, monitor },
            body: { model: 'm', messages: [{ role: 'user', content: params }] },
          }).pipe(textDeltas()),
      }),
    );
    const fixture = await render(Page);
    const { answer } = fixture.componentInstance;
    expect([answer.status(), answer.value(), answer.reload()]).toEqual(['idle', '', false]);
    question.set('first?');
    await fixture.whenStable();
    await eventually(() => answer.value() === 'answer number 0' && !answer.isStreaming());
    expect([answer.status(), answer.hasValue(), answer.error()]).toEqual(['resolved', true, undefined]);
    question.set('second?');
    await eventually(() => answer.value() === 'answer number 1' && !answer.isStreaming());
    fixture.destroy();
    await llm.close();
  });

  it('goes through the states of a Resource', async () => {
    const source = new Subject<string>();
    const answer = await drawn(() => streamResource({ stream: () => source }));
    expect([answer.status(), answer.isLoading(), answer.isStreaming(), answer.reload()]).toEqual([
      ...['loading', true, true, false],
    ]);
    source.next('a');
    expect([answer.status(), answer.isLoading(), answer.isStreaming()]).toEqual(['resolved', false, true]);
    expect(answer.reload()).toBe(true);
    expect([answer.status(), answer.value(), answer.isLoading()]).toEqual(['reloading', 'a', true]);
    source.next('b');
    expect([answer.status(), answer.value()]).toEqual(['resolved', 'b']);
    answer.stop();
    expect([answer.status(), answer.value(), answer.isStreaming(), source.observed]).toEqual([
      ...['resolved', 'b', false, false],
    ]);
  });

  it('keeps what has come when it breaks off', async () => {
    const answer = await drawn(() =>
      streamResource({
        stream: () =>
          concat(
            of('half an '),
            throwError(() => failure),
          ),
      }),
    );
    expect([answer.status(), answer.value(), answer.error(), answer.hasValue()]).toEqual([
      ...['error', 'half an ', failure, false],
    ]);
    expect(answer.snapshot()).toEqual({ status: 'error', error: failure });
  });

  it('is idle when it is stopped before anything has come, and can be begun again', async () => {
    const answer = await drawn(() => streamResource({ stream: () => NEVER }));
    answer.stop();
    expect(answer.status()).toBe('idle');
    expect([answer.reload(), answer.status()]).toEqual([true, 'reloading']);
  });

  it('reduces anything, and fits what takes a Resource', async () => {
    const answer = await drawn(() =>
      streamResource({
        stream: () => of(1, 2, 3),
        initialValue: { sum: 0 },
        reduce: ({ sum }: { sum: number }, item: number) => ({ sum: sum + item }),
      }),
    );
    const resource: Resource<{ sum: number }> = answer;
    const copy = TestBed.runInInjectionContext(() => resourceFromSnapshots(answer.snapshot));
    expect([resource.value(), copy.value(), copy.status()]).toEqual([{ sum: 6 }, { sum: 6 }, 'resolved']);
  });
});
