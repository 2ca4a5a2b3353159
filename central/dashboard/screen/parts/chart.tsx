// One metric over time, drawn by uPlot; in words for whoever does not see it. The colours are those of the page.
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Band } from '../../said/charts.ts';
import { ownZone, ZoneContext } from './time.tsx';

const heightPx = 140;

export function Chart(props: {
  words: string;
  seconds: readonly number[];
  values: readonly (number | null)[];
  bands: readonly Band[];
  fromMs: number;
  toMs: number;
  say: (value: number) => string;
}) {
  const { words, seconds, values, bands, fromMs, toMs, say } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState('');
  const [Plot, setPlot] = useState<typeof uPlot | null | 'none'>(null);
  const zone = useContext(ZoneContext).shown ?? ownZone;
  const light = useLight();

  useEffect(() => {
    // It asks for the browser's language as it is loaded, and throws where that is none (`en-US@posix`): the page stands without it.
    import('uplot').then(
      (loaded) => setPlot(() => loaded.default),
      () => setPlot('none'),
    );
  }, []);
  useEffect(() => {
    const host = frame.current;
    if (!host || Plot === null || Plot === 'none') return;
    const look = getComputedStyle(host);
    const colour = (name: string) => look.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--quiet'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui',
    };
    const isLong = toMs - fromMs > 3 * 86_400_000;
    const clock = (second: number) =>
      new Date(second * 1000).toLocaleString(undefined, {
        timeZone: zone,
        ...(isLong ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' }),
      });
    const plot = new Plot(
      {
        width: host.clientWidth,
        height: heightPx,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        tzDate: (second) => Plot.tzDate(new Date(second * 1000), zone),
        scales: {
          x: { range: [fromMs / 1000, toMs / 1000] },
          y: { range: (_, __, most) => [0, most * 1.1 || 1] },
        },
        axes: [
          { ...axis, size: 28, values: (_, splits) => splits.map(clock) },
          { ...axis, size: 72, values: (_, splits) => splits.map(say) },
        ],
        series: [{}, { stroke: colour('--focus'), width: 1.5, points: { show: false } }],
        hooks: {
          drawClear: [(self) => shade(self, bands, colour('--warn-ground'))],
          setCursor: [({ cursor: { idx } }) => setAt(sayAt(idx ?? null))],
        },
      },
      [[...seconds], [...values]],
      host,
    );
    const sayAt = (i: number | null) => {
      const value = i === null ? null : values[i];
      const second = i === null ? undefined : seconds[i];
      if (value === null || value === undefined || second === undefined) return '';
      const moment = new Date(second * 1000);
      return `${moment.toLocaleTimeString(undefined, { timeZone: zone, timeStyle: 'short' })}  ${say(value)}`;
    };
    const fit = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: heightPx }));
    fit.observe(host);
    return () => {
      fit.disconnect();
      plot.destroy();
    };
  }, [seconds, values, bands, fromMs, toMs, zone, light, Plot]);
  if (Plot === 'none') return <p>{words}</p>;
  return (
    <>
      <div class="chart" ref={frame} role="img" aria-label={words} />
      <p class="chart-at" aria-hidden="true">
        {at}
      </p>
    </>
  );
}

function shade(plot: uPlot, bands: readonly Band[], colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour;
  for (const { fromMs, untilMs } of bands) {
    const left = plot.valToPos(fromMs / 1000, 'x', true);
    const width = plot.valToPos(untilMs / 1000, 'x', true) - left;
    ctx.fillRect(left, bbox.top, Math.max(2, width), bbox.height);
  }
  ctx.restore();
}

/** Changes with the light of the page: what was drawn keeps the colours that it was drawn with. */
function useLight(): string {
  const now = () => `${document.documentElement.dataset.light} ${dark.matches}`;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const [light, setLight] = useState(now);
  useEffect(() => {
    const look = () => setLight(now());
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributeFilter: ['data-light'] });
    dark.addEventListener('change', look);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', look);
    };
  }, []);
  return light;
}
