import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { TransferRow } from '../feeds/chain-feed.js';

/** The latest transfers, newest first. */
@Component({
  selector: 'console-transfer-rows',
  template: `
    <ul class="rows rows-code" aria-label="Latest transfers" data-testid="chain-items">
      @for (row of rows(); track row.id) {
        <li [style.transform]="'translateY(' + $index * 100 + '%)'">
          <span class="quiet">#{{ row.block }}</span> {{ short(row.from) }} → {{ short(row.to) }} <b>{{ row.value }}</b>
        </li>
      }
    </ul>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TransferRows {
  readonly rows = input.required<readonly TransferRow[]>();

  /** Beginning and end of an address. */
  protected short(address: string): string {
    return address.length < 12 ? address : `${address.slice(0, 6)}…${address.slice(-4)}`;
  }
}
