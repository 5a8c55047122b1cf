// A day by the hour, drawn by the server: what was refunded, and on top of it what went to a person. The same as a table.
import type { Counts, DayCounts } from '../../domain/day-counts.ts';
import type { Say } from '../words/say.ts';
import { busiestText, chartSummary, countText, hourCounts, hourText, today } from '../words/today.ts';

const slot = 30;
const barWidth = 18;
const height = 120;
const marked = [0, 6, 12, 18];

export function DayChart({ day, say }: { day: DayCounts; say: Say }) {
  const heights = day.hours.map(heightOf);
  const most = Math.max(...heights);
  const busiest = heights.indexOf(most);
  if (most === 0) return <p>{say(today.quietDay)}</p>;
  return (
    <>
      <p class="quiet legend">
        <span class="done">{say(today.legendDone)}</span>
        <span class="person">{say(today.legendPerson)}</span>
        {say(busiestText(busiest, day.hours[busiest] ?? day.totals))}
      </p>
      <svg
        class="chart"
        viewBox={`0 0 ${24 * slot} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say(chartSummary(day.totals))}
      >
        {[0, 0.5, 1].map((share) => (
          <line key={share} x1="0" x2={24 * slot} y1={share * height} y2={share * height} class="grid" />
        ))}
        {day.hours.map((counts, hour) => (
          <Bar key={hourText(hour).en} counts={counts} hour={hour} most={most} say={say} />
        ))}
      </svg>
      <p class="hours quiet" aria-hidden="true">
        {marked.map((hour) => (
          <span key={hour}>{say(hourText(hour))}</span>
        ))}
      </p>
      <details>
        <summary>{say(today.asTable)}</summary>
        <Hours day={day} say={say} />
      </details>
    </>
  );
}

function heightOf({ succeeded, dead_lettered: toPeople }: Counts): number {
  return succeeded + toPeople;
}

function Bar({ counts, hour, most, say }: { counts: Counts; hour: number; most: number; say: Say }) {
  const { succeeded, dead_lettered: toPeople } = counts;
  if (succeeded + toPeople === 0) return null;
  const x = hour * slot + (slot - barWidth) / 2;
  const [done, person] = [(succeeded / most) * height, (toPeople / most) * height];
  return (
    <g>
      <title>{say(hourCounts(hour, counts))}</title>
      <rect class="done" x={x} width={barWidth} y={height - done} height={done} />
      <rect class="person" x={x} width={barWidth} y={height - done - person} height={person} />
    </g>
  );
}

function Hours({ day, say }: { day: DayCounts; say: Say }) {
  const busy = day.hours
    .map((counts, hour) => ({ counts, hour }))
    .filter(({ counts }) => heightOf(counts) > 0);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say(today.hour)}</th>
          <th scope="col" class="money">
            {say(today.legendDone)}
          </th>
          <th scope="col" class="money">
            {say(today.legendPerson)}
          </th>
        </tr>
      </thead>
      <tbody>
        {busy.map(({ counts, hour }) => (
          <tr key={hour}>
            <th scope="row">{say(hourText(hour))}</th>
            <td class="money">{say(countText(counts.succeeded))}</td>
            <td class="money">{say(countText(counts.dead_lettered))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
