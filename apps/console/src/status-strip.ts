import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { ConsoleApi } from './api/console-api.js';

/** How all streams together are, or why nothing can be said of them. As high in either case. */
@Component({
  selector: 'console-status-strip',
  template: `
    @if (api.failure(); as failure) {
      <div class="strip strip-bad" role="alert" data-testid="api-failure">
        <p>
          <strong>No answer from the console's server.</strong>&ngsp;
          <small>Start it with <code>npm run console</code>. {{ failure }}</small>
        </p>
        <button type="button" (click)="api.retry()">Try again</button>
      </div>
    } @else {
      <div class="strip" data-testid="overall">
        <p>
          <strong>{{ open() }} of 4</strong> streams open, <strong>{{ api.openSockets() }}</strong> sockets at the
          servers
        </p>
      </div>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StatusStrip {
  /** How many streams are open. */
  readonly open = input.required<number>();
  protected readonly api = inject(ConsoleApi);
}
