import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { ConsoleApi } from '../api/console-api.js';
import { LineChart } from '../charts/line-chart.js';
import { injectSamples } from '../feeds/feed-samples.js';
import type { LiveFeed } from '../feeds/live-feed.js';
import { ConsumerButtons } from './consumer-buttons.js';
import { Countdown } from './countdown.js';
import { ErrorLine } from './error-line.js';
import { FaultButtons } from './fault-buttons.js';
import { PhaseBadge } from './phase-badge.js';
import { durationText } from './duration-text.js';
import { UnackedMeter } from './unacked-meter.js';

/** One stream: how it is, what it brings, and what can be done to it. */
@Component({
  selector: 'console-stream-pane',
  imports: [PhaseBadge, Countdown, LineChart, UnackedMeter, ErrorLine, FaultButtons, ConsumerButtons],
  templateUrl: './stream-pane.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StreamPane {
  readonly feed = input.required<LiveFeed>();
  readonly heading = input.required<string>();
  /** What it is, in a few words. */
  readonly about = input.required<string>();

  readonly #api = inject(ConsoleApi);
  protected readonly samples = injectSamples(() => this.feed());
  protected readonly sent = computed(() => this.#api.server(this.feed().name)?.sent ?? 0);
  protected readonly rate = computed(() => (this.samples().rates.at(-1) ?? 0).toFixed(1));
  protected readonly lag = computed(() => {
    const lag = this.samples().lags.at(-1) ?? undefined;
    return lag === undefined ? '–' : durationText(lag);
  });
}
