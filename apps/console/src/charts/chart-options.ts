import type uPlot from 'uplot';

/** What sets one chart apart from the other. */
interface ChartLook {
  readonly least: number;
  readonly colour: string;
}

/** How much of the past is shown, in seconds. */
const window = 60;
/** As wide as "1 000k": a wider number must not move the line. */
const axisWidth = 38;
const font = '10px system-ui, sans-serif';

/** Colours are read whenever something is painted, so that they follow the scheme. */
export function chartOptions(box: HTMLElement, { least, colour }: ChartLook): Omit<uPlot.Options, 'width' | 'height'> {
  const property = (name: string) => (): string => getComputedStyle(box).getPropertyValue(name).trim();
  const line = property(colour);
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 2, 4, 0],
    scales: {
      x: { time: false, range: (_plot, _min, max) => [(max ?? 0) - window, max ?? 0] },
      y: { range: (_plot, _min, max) => [0, niceAbove(Math.max(max ?? 0, least))] },
    },
    axes: [
      { show: false },
      {
        ...{ size: axisWidth, gap: 4, font, space: 24 },
        stroke: property('--text-quiet'),
        grid: { stroke: property('--line'), width: 1 },
        ticks: { show: false },
        values: (_plot, splits) => splits.map(shortNumber),
      },
    ],
    series: [{}, { stroke: line, width: 1.5, points: { show: false }, spanGaps: false }],
  };
}

/** 1, 2 or 5 times a power of ten: a scale that moves rarely. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

/** At most five characters. */
function shortNumber(value: number): string {
  if (value >= 1_000_000) return `${+(value / 1_000_000).toFixed(1)}M`;
  if (value >= 1_000) return `${+(value / 1_000).toFixed(1)}k`;
  return String(+value.toFixed(1));
}
