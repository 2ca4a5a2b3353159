// What lines of the view are made of.

export type Tone = 'plain' | 'dim' | 'strong' | 'good' | 'bad' | 'warning';
export interface Piece {
  text: string;
  tone: Tone;
}
export type Line = Piece[];

export function piece(text: string, tone: Tone): Piece {
  return { text, tone };
}

export function label(text: string): Piece {
  return piece(text.padEnd(11), 'dim');
}

export function whole(count: number): string {
  return count.toLocaleString('en');
}

export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

export function clockTime(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
