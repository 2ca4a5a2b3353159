// Colour for people at a terminal, and for nobody else (https://no-color.org).

const codes = { green: 32, yellow: 33, red: 31, dim: 2 } as const;

export function coloured(text: string, colour: keyof typeof codes): string {
  const wanted = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return wanted ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}
