// Which words of cron are taken for a schedule: five fields, and at most four times an hour. A run takes minutes, and after a
// step of the clock node-cron walks every time that was passed over.
import { parse, validate } from 'node-cron';

const timesAnHourMax = 4;

export function isSchedule(text: string): boolean {
  const fields = text.trim().split(/\s+/).length;
  return fields === 5 && validate(text) && parse(text).minute.length <= timesAnHourMax;
}
