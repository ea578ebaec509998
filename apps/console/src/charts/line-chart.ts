import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
} from '@angular/core';
import uPlot from 'uplot';
import { chartOptions } from './chart-options.js';

/** A line over the last minute. Its size is that of its box, whatever the values are. */
@Component({
  selector: 'console-line-chart',
  template: '',
  host: { class: 'chart', role: 'img', '[attr.aria-label]': 'label()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LineChart {
  /** What the chart shows, in words. */
  readonly label = input.required<string>();
  /** Seconds since 1970, ascending. */
  readonly times = input.required<readonly number[]>();
  /** As many as `times`. */
  readonly values = input.required<readonly (number | null)[]>();
  /** The least height of the scale, so that small values do not look like large ones. */
  readonly least = input.required<number>();
  /** The name of the custom property that holds the colour of the line. */
  readonly colour = input.required<string>();

  readonly #box: HTMLElement = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #plot: uPlot | undefined;

  constructor() {
    const release: (() => void)[] = [];
    inject(DestroyRef).onDestroy(() => release.forEach((undo) => undo()));
    afterNextRender(() => release.push(...this.#draw()));
    effect(() => {
      const data: uPlot.AlignedData = [[...this.times()], [...this.values()]];
      this.#plot?.setData(data);
    });
  }

  /** What undoes it. */
  #draw(): readonly (() => void)[] {
    const { clientWidth: width, clientHeight: height } = this.#box;
    const options = chartOptions(this.#box, { least: this.least(), colour: this.colour() });
    const plot = new uPlot({ ...options, width, height }, [[], []], this.#box);
    this.#plot = plot;
    const resized = new ResizeObserver(() => {
      plot.setSize({ width: this.#box.clientWidth, height: this.#box.clientHeight });
    });
    resized.observe(this.#box);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const repaint = (): void => plot.redraw(false, true);
    scheme.addEventListener('change', repaint);
    return [
      () => resized.disconnect(),
      () => scheme.removeEventListener('change', repaint),
      () => {
        plot.destroy();
        this.#plot = undefined;
      },
    ];
  }
}
