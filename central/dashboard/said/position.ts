// Where an event stands in the stream: of which life of central's, and which one of it. Pure.

/** Whether what was read at `through` knows all that happened before `from`; an empty `from`: nothing is known to have happened. */
export function covers(through: string, from: string): boolean {
  if (from === '') return true;
  const [[life, number], [ofLife, first]] = [partsOf(through), partsOf(from)];
  return life === ofLife && number >= first;
}

function partsOf(position: string): [life: string, number: number] {
  const [life = '', number = ''] = position.split('-');
  return [life, Number(number)];
}
