// Which words of cron are taken for a schedule: five fields, so that nothing is tried more often than once a minute.
import { validate } from 'node-cron';

export function isSchedule(text: string): boolean {
  return text.trim().split(/\s+/).length === 5 && validate(text);
}
