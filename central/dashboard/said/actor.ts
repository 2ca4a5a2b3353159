// Who did something, as a screen names them. Pure.
import type { Actor } from '../../people/actor.ts';

export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `${actor.name}, ${actor.role}`;
    case 'key':
      return `${actor.owner ?? 'a program'} by key ${actor.name}, ${actor.role}`;
    case 'command':
      return `${actor.user} at ${actor.from}`;
    case 'central':
      return 'central itself';
  }
}

/** Whether the actor is the one who is signed in: who may not be their own second person. */
export function isPerson(actor: Actor, name: string): boolean {
  switch (actor.kind) {
    case 'person':
      return actor.name === name;
    case 'key':
      return actor.owner === name;
    case 'command':
      return actor.user === name;
    case 'central':
      return false;
  }
}
