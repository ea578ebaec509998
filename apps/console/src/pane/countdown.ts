import { ChangeDetectionStrategy, Component, computed, effect, input, signal } from '@angular/core';
import type { StreamName } from '../api/streams-answer.js';

/** How often it is counted down, in milliseconds. */
const tick = 250;

/** How long until the next try. Its timer runs only while there is one to wait for. */
@Component({
  selector: 'console-countdown',
  template: `<span [attr.data-testid]="name() + '-next-try'">{{ text() }}</span>`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Countdown {
  readonly name = input.required<StreamName>();
  /** On the clock of `Date.now()`; `undefined` while no try is due. */
  readonly until = input.required<number | undefined>();

  readonly #now = signal(0);
  protected readonly text = computed(() => {
    const until = this.until();
    if (until === undefined) return '–';
    const left = Math.max(0, until - this.#now());
    return `in ${(left / 1_000).toFixed(1)} s`;
  });

  constructor() {
    effect((onCleanup) => {
      if (this.until() === undefined) return;
      this.#now.set(Date.now());
      const timer = setInterval(() => this.#now.set(Date.now()), tick);
      onCleanup(() => clearInterval(timer));
    });
  }
}
