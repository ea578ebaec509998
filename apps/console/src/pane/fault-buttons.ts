import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { ConsoleApi } from '../api/console-api.js';
import { type Fault, faults, misbehave } from '../api/faults.js';
import type { StreamName } from '../api/streams-answer.js';

/** Has the server of a stream misbehave. */
@Component({
  selector: 'console-fault-buttons',
  template: `
    <div class="buttons" role="group" [attr.aria-label]="'Faults of the server, ' + name()">
      <span class="buttons-label" aria-hidden="true">Server</span>
      @for (fault of faults; track fault.kind) {
        <button
          type="button"
          [attr.data-testid]="name() + '-' + fault.kind"
          [title]="fault.effect"
          [disabled]="!api.isReady()"
          (click)="press(fault)"
        >
          {{ fault.label }}
        </button>
      }
      <span class="buttons-note" [attr.data-testid]="name() + '-fault-note'" [title]="note()">{{ note() }}</span>
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FaultButtons {
  readonly name = input.required<StreamName>();
  protected readonly api = inject(ConsoleApi);
  protected readonly faults = faults;
  protected readonly note = signal('');

  protected press(fault: Fault): void {
    misbehave(this.name(), fault).subscribe((note) => this.note.set(note));
  }
}
