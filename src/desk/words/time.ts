// Moments and days in Korea, as people say them: "오늘 10:31", "12월 2일(수)".
import type { Text } from '../../domain/problem.ts';
import { seoulDate, seoulDayNumber } from '../../policies/seoul-time.ts';
import { join, same } from './say.ts';

const seoul = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Seoul',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const weekdays: readonly Text[] = [
  { ko: '목', en: 'Thu' }, // 1970-01-01
  { ko: '금', en: 'Fri' },
  { ko: '토', en: 'Sat' },
  { ko: '일', en: 'Sun' },
  { ko: '월', en: 'Mon' },
  { ko: '화', en: 'Tue' },
  { ko: '수', en: 'Wed' },
];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-11-29 10:31:05 KST`, for whoever needs it exactly. */
export function exactTime(at: number): string {
  return `${seoul.format(new Date(at))} KST`;
}

/** `10:31` */
function clockTime(at: number): string {
  return exactTime(at).slice(11, 16);
}

/** 오늘 10:31, 어제 16:20, 11월 3일(화) 09:00. */
export function momentText(at: number, now: number): Text {
  return join([dayText(at, now), same(clockTime(at))]);
}

/** 오늘, 내일, 어제; otherwise as `dateText`. */
export function dayText(at: number, now: number): Text {
  switch (seoulDayNumber(at) - seoulDayNumber(now)) {
    case 0:
      return { ko: '오늘', en: 'today' };
    case 1:
      return { ko: '내일', en: 'tomorrow' };
    case -1:
      return { ko: '어제', en: 'yesterday' };
    default:
      return dateText(at, now);
  }
}

/** 12월 2일(수); with the year when it is another one than now. */
export function dateText(at: number, now: number): Text {
  const { year, month, day } = seoulDate(at);
  const weekday = weekdays[seoulDayNumber(at) % weekdays.length] ?? same('');
  const isThisYear = year === seoulDate(now).year;
  return {
    ko: `${isThisYear ? '' : `${year}년 `}${month}월 ${day}일(${weekday.ko})`,
    en: `${weekday.en} ${day} ${months[month - 1] ?? ''}${isThisYear ? '' : ` ${year}`}`,
  };
}

/** 3초 전, 5분 전, 2시간 전, 4일 전. */
export function agoText(at: number, now: number): Text {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return { ko: `${seconds}초 전`, en: `${seconds} s ago` };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return { ko: `${minutes}분 전`, en: `${minutes} min ago` };
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return { ko: `${hours}시간 전`, en: `${hours} h ago` };
  const days = Math.floor(hours / 24);
  return { ko: `${days}일 전`, en: `${days} days ago` };
}
